-- What scripts for wrk that send invoices share: each thread's number and counts, the next invoice, and the sum of counts.
local counter, thread_number, threads = 0, 0, {}

function setup(thread)
    thread:set("number", thread_number)
    table.insert(threads, thread)
    thread_number = thread_number + 1
end

function begin_counting(given_run)
    run = given_run
    offset = tonumber(run, 16) % 99700
    paid, other, first_other = 0, 0, ""
end

function next_count()
    counter = counter + 1
    return counter
end

-- They differ in number and, mostly, in sum: the same sum of one vendor on one day is looked at twice.
function invoice()
    return string.format('{"raw_text":"INVOICE\\nInvoice Number: %s-%d-%07d\\nInvoice Date: 2026-11-02\\n' ..
        'From: Nimbus Forge Hosting\\nBill To: Autonomous Treasurer Inc.\\n\\nTotal Due: %d.%02d MNEE\\n' ..
        'Wallet: 0x4e1f0c2b6a7d8e9f00112233445566778899aabb\\n"}', run, number, counter, (offset + counter) % 997 + 1,
        math.floor((offset + counter) / 997) % 100)
end

function is_paid(body)
    return string.find(body, '"APPROVED"', 1, true)
end

function note_other(status, body)
    other = other + 1
    if first_other == "" then first_other = status .. " " .. string.sub(body, 1, 300) end
end

-- paid, other, and the first other answer, of all threads
function counts()
    local all_paid, all_other, why = 0, 0, ""
    for _, thread in ipairs(threads) do
        all_paid = all_paid + thread:get("paid")
        all_other = all_other + thread:get("other")
        if why == "" then why = thread:get("first_other") end
    end
    return all_paid, all_other, why
end

function broken(summary)
    return summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
end
