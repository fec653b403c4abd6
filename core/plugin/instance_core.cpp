#include "plugin/instance_core.hpp"

#include <atomic>
#include <future>
#include <thread>

#include "plugin/border.hpp"

namespace treasurer {

InstanceCore::InstanceCore(Parts parts, Executor& executor, const Clock& clock, HostSinks sinks)
    : parts_(std::move(parts)),
      executor_(executor),
      clock_(clock),
      services_(parts_.name, clock, std::move(sinks)),
      breaker_(parts_.breaker),
      failures_(parts_.name, [this](const CallFailure& failure) { services_.failed(failure); }) {}

InstanceCore::~InstanceCore() {
    if (self_ != nullptr) destroy(self_);
}

void InstanceCore::destroy(void* self) const noexcept {
    try {
        parts_.component.table.destroy(self);
    } catch (...) {  // it is gone either way
        return;
    }
}

InstanceCore::Made InstanceCore::make(const std::string& config_json) noexcept {
    border::ErrorOut error;
    Made out;
    atr_outcome outcome = ATR_UNKNOWN;
    try {
        outcome = parts_.component.table.create(services_.raw(), atr::borrow(parts_.name), atr::borrow(config_json),
                                                &out.self, error.raw());
    } catch (...) {
        return {nullptr, atr::rejected(ATR_E_INTERNAL, "the plugin threw an exception from create()")};
    }
    if (outcome != ATR_OK) return {nullptr, error.read(outcome)};
    if (out.self == nullptr) out.outcome = atr::rejected(ATR_E_INTERNAL, "the plugin's create() gave no object");
    return out;
}

InstanceCore::Made InstanceCore::make_in_time(const std::string& config_json) {
    struct Hand {
        std::promise<Made> made;
        std::atomic<bool> taken{false};  ///< who is first: the thread with its object, or the patience that ends
    };
    const auto hand = std::make_shared<Hand>();
    auto made = hand->made.get_future();
    std::thread thread([core = shared_from_this(), hand, config_json] {
        Made one = core->make(config_json);
        if (!hand->taken.exchange(true)) return hand->made.set_value(std::move(one));
        if (one.self != nullptr) core->destroy(one.self);
    });
    if (made.wait_for(parts_.start_wait) == std::future_status::timeout && !hand->taken.exchange(true)) {
        thread.detach();
        services_.close();
        return {nullptr, atr::rejected(ATR_E_TIMEOUT, "the plugin's create() has not returned within " +
                                                          std::to_string(parts_.start_wait.count()) + " ms: it hangs")};
    }
    thread.join();
    return made.get();
}

atr::Result<> InstanceCore::create(const std::string& config_json) {
    const Made made = make_in_time(config_json);
    if (!made.outcome) return made.outcome.error();
    self_ = made.self;
    deadlines_ = std::make_shared<CallDeadlines>(executor_, [weak = weak_from_this()](PluginCall& call) {
        if (const auto core = weak.lock()) call.expire(core->book());
    });
    const auto run_call = [weak = weak_from_this()](PluginCall& call) {
        if (const auto core = weak.lock()) call.run(core->book(), core->clock_);
    };
    const auto finish_call = [weak = weak_from_this()](PluginCall& call) {
        if (const auto core = weak.lock()) core->finish(call);
    };
    pool_ = std::make_unique<WorkerPool>(parts_.threads, parts_.queue, run_call, finish_call);
    return {};
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
    if (!wanted.passes_breaker() && !breaker_.allows(PluginCall::Steady::now()))
        return wanted.refuse(counters_,
                             atr::retry(ATR_E_UNREACHABLE, name() + ": it failed again and again, and is asked "
                                                                    "again only in a while"));
    deadlines_->watch(call);
    const auto submitted = pool_->submit(call);
    if (submitted == WorkerPool::Submitted::yes) return;
    deadlines_->forget(wanted);
    const bool full = submitted == WorkerPool::Submitted::full;
    wanted.refuse(counters_, full ? atr::retry(ATR_E_OVERLOADED, name() + ": the queue is full")
                                  : atr::retry(ATR_E_CANCELLED, name() + ": the host is stopping"));
}

void InstanceCore::finish(PluginCall& call) {
    deadlines_->forget(call);
    call.answer();
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

namespace {

unsigned still_running(const std::vector<OperationSnapshot>& operations) {
    std::uint64_t abandoned = 0, late = 0;
    for (const auto& operation : operations) {
        abandoned += operation.abandoned;
        late += operation.late;
    }
    return static_cast<unsigned>(abandoned > late ? abandoned - late : 0);
}

}  // namespace

InstanceSnapshot InstanceCore::snapshot() const {
    auto operations = counters_.snapshot();
    const auto counts = pool_->counts();
    return {.name = name(),
            .kind = parts_.component.kind,
            .component = parts_.component.id,
            .version = parts_.component.version,
            .file = parts_.library->file().string(),
            .sdk = parts_.library->sdk(),
            .threads = counts.threads,
            .max_threads = parts_.threads,
            .busy = counts.busy,
            .hung = still_running(operations),
            .queue_depth = counts.queued,
            .queue_limit = parts_.queue,
            .breaker = breaker_.snapshot(),
            .operations = std::move(operations)};
}

}  // namespace treasurer
