/// How long requests took, by route: from the start on as a histogram, and in the last minute as quantiles.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "observe/last_minute.hpp"
#include "observe/latency_recorder.hpp"
#include "observe/metrics.hpp"

namespace treasurer::observe {

/// Publishes treasurer_http_request_seconds (histogram) and treasurer_http_request_recent_seconds (summary).
/// Threads: any. Lifetime: `clock` outlives it, and it the reading of `metrics`.
class RouteTimes {
public:
    RouteTimes(Metrics& metrics, const Clock& clock);
    RouteTimes(const RouteTimes&) = delete;
    RouteTimes& operator=(const RouteTimes&) = delete;

    class Route {
    public:
        Route(Histogram& seconds, UnixMillis now_ms, std::shared_ptr<const LatencyHistogram> none)
            : seconds_(seconds), minute_(now_ms, std::move(none)) {}
        void record(std::int64_t micros) {
            seconds_.observe(static_cast<double>(micros) / 1e6);
            recorder_.record(micros);
        }

    private:
        friend class RouteTimes;
        Histogram& seconds_;
        LatencyRecorder recorder_;
        LastMinute<std::shared_ptr<const LatencyHistogram>> minute_;
    };

    /// To be looked up once; lives as long as this.
    Route& of(const std::string& route);
    /// What the minute is measured by: to be called every few seconds.
    void look();
    /// Of all routes.
    LatencyHistogram since_start() const;

private:
    std::vector<Summary> summaries() const;

    Metrics& metrics_;
    const Clock& clock_;
    const std::shared_ptr<const LatencyHistogram> none_ = std::make_shared<const LatencyHistogram>();
    mutable std::mutex mutex_;
    std::map<std::string, Route> routes_;
};

}  // namespace treasurer::observe
