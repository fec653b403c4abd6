/// What a host tells in figures of its plugins, and of the caches in front of them.
#pragma once

#include "app/core_services.hpp"
#include "observe/kpis.hpp"

namespace treasurer::app {

/// Lifetime: the core outlives the reading of the metrics.
void publish_plugin_metrics(observe::Metrics& metrics, const CoreServices& core);

/// Where the figures of the original service come from: the storage's and the cache's gauges have names that any plugin
/// may give, `connections_in_use` and `cache_memory_bytes`.
observe::KpiSources kpi_sources(const CoreServices& core);

}  // namespace treasurer::app
