#include "app/plugin_figures.hpp"

namespace treasurer::app {
namespace {

constexpr const char* storage_instance = "storage";
constexpr const char* cache_instance = "cache";

using observe::Sample;
using Samples = std::vector<Sample>;

Samples of_instances(const CoreServices& core, double (*read)(const InstanceSnapshot&)) {
    Samples out;
    for (const auto& instance : core.plugins->snapshot())
        out.push_back({{{"instance", instance.name}}, read(instance)});
    return out;
}

double sum(const InstanceSnapshot& instance, std::uint64_t OperationSnapshot::*count) {
    std::uint64_t out = 0;
    for (const auto& operation : instance.operations) out += operation.*count;
    return static_cast<double>(out);
}

void publish_instances(observe::Metrics& metrics, const CoreServices& core) {
    metrics.gauges_from("treasurer_plugin_breaker_open", "1 while a plugin's circuit breaker is not closed", [&core] {
        return of_instances(
            core, [](const InstanceSnapshot& one) { return one.breaker.state == BreakerState::closed ? 0.0 : 1.0; });
    });
    metrics.counters_from("treasurer_plugin_abandoned_total", "Plugin calls still running at their deadline", [&core] {
        return of_instances(core, [](const InstanceSnapshot& one) { return sum(one, &OperationSnapshot::abandoned); });
    });
    metrics.counters_from(
        "treasurer_plugin_overloaded_total", "Plugin calls refused because the queue was full", [&core] {
            return of_instances(core,
                                [](const InstanceSnapshot& one) { return sum(one, &OperationSnapshot::overloaded); });
        });
}

/// Calls that the plugin was given, whatever became of them; none that was refused before.
double given(const OperationSnapshot& operation) {
    return static_cast<double>(operation.latency.count + operation.abandoned);
}

Samples database_queries(const CoreServices& core) {
    Samples out;
    for (const auto& instance : core.plugins->snapshot())
        if (instance.name == storage_instance && instance.kind == "storage")
            for (const auto& operation : instance.operations)
                out.push_back({{{"operation", operation.name}}, given(operation)});
    return out;
}

using CountsOfClass = std::uint64_t cache::CacheCounts::*;

void publish_cache(observe::Metrics& metrics, const CoreServices& core, const char* name, const char* help,
                   CountsOfClass count) {
    metrics.counters_from(name, help, [&core, count] {
        Samples out;
        for (const auto& [keys, counts] : core.cache->counts())
            out.push_back({{{"keys", keys}}, static_cast<double>(counts.*count)});
        return out;
    });
}

std::optional<std::int64_t> gauge(const CoreServices& core, const char* instance, const char* name) {
    const auto value = core.plugin_metrics.gauge(instance, name);
    if (!value) return std::nullopt;
    return static_cast<std::int64_t>(*value);
}

}  // namespace

void publish_plugin_metrics(observe::Metrics& metrics, const CoreServices& core) {
    publish_instances(metrics, core);
    metrics.counters_from("treasurer_database_queries_total",
                          "Calls that the storage plugin was given, by operation; one may gather the reads or commits "
                          "of several requests, and most are one round trip",
                          [&core] { return database_queries(core); });
    publish_cache(metrics, core, "treasurer_cache_hits_total",
                  "Look-ups that found a cached answer, in this host or in the cache, by class of keys",
                  &cache::CacheCounts::hits);
    publish_cache(metrics, core, "treasurer_cache_lagging_total",
                  "Hits that gave what a commit of the last server.busy_lag_ms had made stale",
                  &cache::CacheCounts::lagging);
    publish_cache(metrics, core, "treasurer_cache_misses_total",
                  "Look-ups that found none, so that storage was asked or another's load was waited for",
                  &cache::CacheCounts::misses);
    publish_cache(metrics, core, "treasurer_cache_shared_loads_total", "Misses that waited for another's load",
                  &cache::CacheCounts::shared);
    publish_cache(metrics, core, "treasurer_cache_failures_total", "Calls that the cache plugin failed",
                  &cache::CacheCounts::errors);
    metrics.include(core.plugin_metrics.exposed());
}

observe::KpiSources kpi_sources(const CoreServices& core) {
    observe::KpiSources out;
    out.database_queries = [&core] {
        std::uint64_t sum = 0;
        for (const auto& sample : database_queries(core)) sum += static_cast<std::uint64_t>(sample.value);
        return sum;
    };
    out.cache = [&core] {
        observe::CacheAsked sum;
        for (const auto& [keys, counts] : core.cache->counts()) {
            sum.hits += counts.hits;
            sum.misses += counts.misses;
        }
        return sum;
    };
    out.cache_memory_bytes = [&core] { return gauge(core, cache_instance, "cache_memory_bytes"); };
    out.database_connections = [&core] { return gauge(core, storage_instance, "connections_in_use"); };
    return out;
}

}  // namespace treasurer::app
