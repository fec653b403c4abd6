-- For wrk: nine looks at the dashboard and an invoice, in turn. How many invoices were paid stands in the summary.
-- wrk ... -s mixed.lua URL -- READER CLERK RUN
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "wrk_invoices.lua")

function init(arguments)
    reader, clerk = "Bearer " .. arguments[1], "Bearer " .. arguments[2]
    begin_counting(arguments[3])
end

function request()
    if next_count() % 10 ~= 0 then
        return wrk.format("GET", "/api/dashboard", {["Authorization"] = reader, ["Connection"] = "keep-alive"})
    end
    return wrk.format("POST", "/api/process-invoice", {["Authorization"] = clerk, ["Content-Type"] = "application/json",
        ["Prefer"] = "wait=30", ["Connection"] = "keep-alive"}, invoice())
end

function response(status, headers, body)
    if status ~= 200 then
        note_other(status, body)
    elseif is_paid(body) then
        paid = paid + 1
    end
end

function done(summary, latency, requests)
    local all_paid, all_other, why = counts()
    io.write(string.format("MIXED requests=%d paid=%d other=%d broken=%d\n", summary.requests, all_paid, all_other,
        broken(summary)))
    if why ~= "" then io.write("OTHER " .. why .. "\n") end
end
