#include "app/resource_gauges.hpp"

#include "app/allocator.hpp"

namespace treasurer::app {

void publish_queues(observe::Metrics& metrics, CoreServices& core, const http::Edge& edge,
                    const http::EventHub& events) {
    const auto publish = [&](const std::string& queue, auto length) {
        metrics.gauge_from("treasurer_queue_length",
                           "How much waits in a queue of this host, or is kept there for later",
                           [length] { return static_cast<double>(length()); }, {{"queue", queue}});
    };
    publish("commits", [&core] { return core.pipeline->waiting(); });
    publish("reads", [&core] { return core.gathering->waiting(); });
    publish("payments", [&core] { return core.runner->waiting(); });
    publish("tasks", [&core] { return core.scope.running(); });
    publish("executor", [&core] { return core.executor.queued(); });
    publish("timers", [&core] { return core.executor.timers(); });
    publish("log", [&core] { return core.log.waiting(); });
    publish("transport", [&edge] { return edge.stats().letters; });
    publish("events", [&events] { return events.kept(); });
    for (const auto& instance : core.plugins->snapshot())
        publish("plugin " + instance.name, [&core, name = instance.name] {
            for (const auto& one : core.plugins->snapshot())
                if (one.name == name) return one.queue_depth;
            return std::size_t{0};
        });
}

void publish_heap(observe::Metrics& metrics) {
    metrics.gauge_from("treasurer_heap_bytes", "Memory that this host and its plugins have allocated and not freed",
                       [] { return static_cast<double>(allocated_bytes()); });
}

}  // namespace treasurer::app
