/// What a host holds: how much waits in each of its queues, and how much memory it has asked for.
#pragma once

#include "app/core_services.hpp"
#include "http/edge.hpp"
#include "http/event_hub.hpp"
#include "observe/metrics.hpp"

namespace treasurer::app {

/// One family of gauges, treasurer_queue_length{queue="…"}. Lifetime: everything named here outlives the registry.
void publish_queues(observe::Metrics& metrics, CoreServices& core, const http::Edge& edge,
                    const http::EventHub& events);

/// treasurer_heap_bytes: unlike what the process has resident, memory that was freed does not count.
void publish_heap(observe::Metrics& metrics);

}  // namespace treasurer::app
