#include "plugin/instance_core.hpp"

#include <cstring>

#include "plugin/border.hpp"

namespace treasurer {

InstanceCore::InstanceCore(Parts parts, Executor& executor, const Clock& clock, HostSinks sinks)
    : parts_(std::move(parts)), executor_(executor), clock_(clock), services_(parts_.name, clock, std::move(sinks)) {}

InstanceCore::~InstanceCore() {
    if (self_ != nullptr) parts_.component.table.destroy(self_);
}

atr::Result<> InstanceCore::create(const std::string& config_json) {
    deadlines_ = std::make_shared<CallDeadlines>(executor_, [weak = weak_from_this()](PluginCall& call) {
        if (const auto core = weak.lock()) core->expire(call);
    });
    pool_ =
        std::make_unique<WorkerPool>(parts_.threads, parts_.queue, [weak = weak_from_this()](WorkerPool::Item call) {
            if (const auto core = weak.lock()) core->run(*call);
        });
    border::ErrorOut error;
    atr_outcome outcome = ATR_UNKNOWN;
    try {
        outcome = parts_.component.table.create(services_.raw(), atr::borrow(parts_.name), atr::borrow(config_json),
                                                &self_, error.raw());
    } catch (...) {
        return atr::rejected(ATR_E_INTERNAL, "the plugin threw an exception from create()");
    }
    if (outcome == ATR_OK && self_ != nullptr) return {};
    if (outcome == ATR_OK) return atr::rejected(ATR_E_INTERNAL, "the plugin's create() gave no object");
    self_ = nullptr;
    return error.read(outcome);
}

const void* InstanceCore::find_interface(std::string_view id) const {
    try {
        return parts_.component.table.get_interface(self_, atr::borrow(id));
    } catch (...) {
        return nullptr;
    }
}

void InstanceCore::submit(std::shared_ptr<PluginCall> call) {
    PluginCall& wanted = *call;
    deadlines_->watch(call);
    const auto submitted = pool_->submit(call);
    if (submitted == WorkerPool::Submitted::yes) return;
    deadlines_->forget(wanted);
    const bool full = submitted == WorkerPool::Submitted::full;
    wanted.refuse(counters_, full ? atr::retry(ATR_E_OVERLOADED, name() + ": the queue is full")
                                  : atr::retry(ATR_E_CANCELLED, name() + ": the host is stopping"));
}

void InstanceCore::run(PluginCall& call) {
    const bool too_late = call.run(counters_, clock_);
    deadlines_->forget(call);
    if (too_late) hung_.fetch_sub(1);
}

void InstanceCore::expire(PluginCall& call) {
    if (call.expire(counters_)) hung_.fetch_add(1);
}

void InstanceCore::stop() {
    if (!pool_) return;
    for (const auto& waiting : pool_->close()) {
        deadlines_->forget(*waiting);
        waiting->refuse(counters_, atr::retry(ATR_E_CANCELLED, name() + ": the host is stopping"));
    }
    const bool all_returned = pool_->join(parts_.stop_wait);
    deadlines_->expire_all();
    if (!all_returned) log(atr::LogLevel::error, "calls never returned; the instance is left behind in memory");
    services_.close();
}

InstanceSnapshot InstanceCore::snapshot() const {
    const auto counts = pool_->counts();
    return {.name = name(),
            .kind = parts_.component.kind,
            .component = parts_.component.id,
            .version = parts_.component.version,
            .threads = counts.threads,
            .max_threads = parts_.threads,
            .busy = counts.busy,
            .hung = hung_.load(),
            .queue_depth = counts.queued,
            .queue_limit = parts_.queue,
            .operations = counters_.snapshot()};
}

}  // namespace treasurer
