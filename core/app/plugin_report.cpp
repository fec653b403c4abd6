#include "app/plugin_report.hpp"

#include <filesystem>

namespace treasurer::app {
namespace {

constexpr const char* outcome_names[] = {"ok", "not_found", "conflict", "rejected", "retry", "unknown", "unsupported"};

Json operation_json(const OperationSnapshot& one) {
    Json outcomes = Json::object();
    for (std::size_t i = 0; i < one.by_outcome.size(); ++i)
        if (one.by_outcome[i] > 0) outcomes[outcome_names[i]] = one.by_outcome[i];
    return {{"name", one.name},
            {"outcomes", std::move(outcomes)},
            {"abandoned", one.abandoned},
            {"expired", one.expired},
            {"refused", one.overloaded},
            {"late", one.late},
            {"latency_us", {{"p50", one.latency.p50_us}, {"p95", one.latency.p95_us}, {"p99", one.latency.p99_us}}}};
}

Json instance_json(const InstanceSnapshot& one) {
    Json operations = Json::array();
    for (const auto& operation : one.operations) operations.push_back(operation_json(operation));
    return {
        {"name", one.name},
        {"kind", one.kind},
        {"component", one.component},
        {"version", one.version},
        {"file", std::filesystem::path(one.file).filename().string()},
        {"sdk", one.sdk},
        {"breaker",
         {{"state", to_string(one.breaker.state)}, {"opened", one.breaker.opened}, {"refused", one.breaker.refused}}},
        {"pool",
         {{"threads", one.threads},
          {"max_threads", one.max_threads},
          {"busy", one.busy},
          {"hung", one.hung},
          {"queued", one.queue_depth},
          {"queue", one.queue_limit}}},
        {"operations", std::move(operations)}};
}

}  // namespace

Json plugin_report(const PluginSet& plugins, const CommitPipeline& commits) {
    Json items = Json::array();
    for (const auto& one : plugins.snapshot()) {
        items.push_back(instance_json(one));
        if (one.kind != "storage") continue;
        const auto retries = commits.retries();
        items.back()["retries"] = {{"made", retries.made}, {"refused", retries.refused}, {"saved", retries.saved}};
    }
    return {{"items", std::move(items)}};
}

}  // namespace treasurer::app
