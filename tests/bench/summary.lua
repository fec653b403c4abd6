-- What a run of wrk came to, as one line that a program reads.
done = function(summary, latency)
    local errors = summary.errors
    io.write(string.format("summary %d %d %d %d %d %d\n", summary.requests, summary.duration, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99)))
end
