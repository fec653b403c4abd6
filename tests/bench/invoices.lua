-- For wrk: invoices, each to /api/process-invoice, and how many of them were paid when they were answered.
-- wrk ... -s invoices.lua URL -- TOKEN RUN
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "wrk_invoices.lua")

function init(arguments)
    begin_counting(arguments[2])
    wrk.method = "POST"
    wrk.headers["Authorization"] = "Bearer " .. arguments[1]
    wrk.headers["Content-Type"] = "application/json"
    wrk.headers["Prefer"] = "wait=30"
end

function request()
    next_count()
    return wrk.format(nil, nil, nil, invoice())
end

function response(status, headers, body)
    if status == 200 and is_paid(body) then
        paid = paid + 1
    else
        note_other(status, body)
    end
end

function done(summary, latency, requests)
    local all_paid, all_other, why = counts()
    io.write(string.format("RESULT paid=%d other=%d seconds=%.6f p50_us=%d p95_us=%d p99_us=%d max_us=%d errors=%d\n", all_paid,
        all_other, summary.duration / 1e6, latency:percentile(50), latency:percentile(95), latency:percentile(99), latency.max,
        broken(summary)))
    if why ~= "" then io.write("OTHER " .. why .. "\n") end
end
