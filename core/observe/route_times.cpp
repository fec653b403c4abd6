#include "observe/route_times.hpp"

namespace treasurer::observe {

RouteTimes::RouteTimes(Metrics& metrics, const Clock& clock) : metrics_(metrics), clock_(clock) {
    metrics.summaries_from(
        "treasurer_http_request_recent_seconds",
        "Time from the last byte read to the answer, by route: quantiles of the last minute, each at "
        "most one part in 32 too high",
        [this] { return summaries(); });
}

RouteTimes::Route& RouteTimes::of(const std::string& route) {
    auto& seconds =
        metrics_.histogram("treasurer_http_request_seconds", "Time from the last byte read to the answer, by route",
                           request_seconds_bounds(), {{"route", route}});
    const std::lock_guard lock(mutex_);
    return routes_.try_emplace(route, seconds, clock_.unix_ms(), none_).first->second;
}

/// A route that nobody asked for keeps what it had.
void RouteTimes::look() {
    const auto now = clock_.unix_ms();
    const std::lock_guard lock(mutex_);
    for (auto& [name, route] : routes_) {
        auto counted = route.recorder_.since_start();
        auto last = route.minute_.newest();
        if (last->total() != counted.total()) last = std::make_shared<const LatencyHistogram>(std::move(counted));
        route.minute_.look(now, std::move(last));
    }
}

LatencyHistogram RouteTimes::since_start() const {
    LatencyHistogram out;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, route] : routes_) out.add(route.recorder_.since_start());
    return out;
}

/// A route without requests in the last minute has no quantiles.
std::vector<Summary> RouteTimes::summaries() const {
    const auto now = clock_.unix_ms();
    std::vector<Summary> out;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, route] : routes_) {
        const auto all = route.seconds_.snapshot();
        if (all.count == 0) continue;
        Summary summary{.labels = {{"route", name}}, .sum = all.sum, .count = all.count};
        const auto recent = route.recorder_.since_start().since(*route.minute_.before(now).value);
        if (recent.total() > 0)
            for (const double quantile : {0.5, 0.95, 0.99})
                summary.quantiles.emplace_back(quantile, static_cast<double>(recent.quantile_us(quantile)) / 1e6);
        out.push_back(std::move(summary));
    }
    return out;
}

}  // namespace treasurer::observe
