-- For wrk: invoices that differ in number and, mostly, in sum (the same sum of one vendor on one day is looked at twice), each to /api/process-invoice, and how many of them were paid when they were answered.
-- wrk ... -s invoices.lua URL -- TOKEN RUN
local counter, thread_number = 0, 0
local threads = {}

function setup(thread)
    thread:set("number", thread_number)
    table.insert(threads, thread)
    thread_number = thread_number + 1
end

function init(arguments)
    token, run = arguments[1], arguments[2]
    offset = tonumber(run, 16) % 99700
    paid, other, first_other = 0, 0, ""
    wrk.method = "POST"
    wrk.headers["Authorization"] = "Bearer " .. token
    wrk.headers["Content-Type"] = "application/json"
    wrk.headers["Prefer"] = "wait=30"
end

function request()
    counter = counter + 1
    local body = string.format('{"raw_text":"INVOICE\\nInvoice Number: %s-%d-%07d\\nInvoice Date: 2026-11-02\\n' ..
        'From: Nimbus Forge Hosting\\nBill To: Autonomous Treasurer Inc.\\n\\nTotal Due: %d.%02d MNEE\\n' ..
        'Wallet: 0x4e1f0c2b6a7d8e9f00112233445566778899aabb\\n"}', run, number, counter, (offset + counter) % 997 + 1,
        math.floor((offset + counter) / 997) % 100)
    return wrk.format(nil, nil, nil, body)
end

function response(status, headers, body)
    if status == 200 and string.find(body, '"APPROVED"', 1, true) then
        paid = paid + 1
    else
        other = other + 1
        if first_other == "" then first_other = status .. " " .. string.sub(body, 1, 300) end
    end
end

function done(summary, latency, requests)
    local all_paid, all_other, why = 0, 0, ""
    for _, thread in ipairs(threads) do
        all_paid = all_paid + thread:get("paid")
        all_other = all_other + thread:get("other")
        if why == "" then why = thread:get("first_other") end
    end
    io.write(string.format("RESULT paid=%d other=%d seconds=%.6f p50_us=%d p95_us=%d p99_us=%d max_us=%d errors=%d\n", all_paid,
        all_other, summary.duration / 1e6, latency:percentile(50), latency:percentile(95), latency:percentile(99), latency.max,
        summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
    if why ~= "" then io.write("OTHER " .. why .. "\n") end
end
