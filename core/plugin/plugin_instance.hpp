/// One configured plugin instance: the created component, its own bounded pool of threads, a deadline for every call,
/// and counters. Several instances of one plugin are independent of each other.
/// Threads: call() from any thread; call_blocking() not from an executor thread. Lifetime: outlives the Tasks of its
/// calls; stop() before the executor stops. Errors: returned; nothing a plugin does or throws comes out of here.
#pragma once

#include <atr/storage.hpp>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/host_services.hpp"
#include "plugin/instance_core.hpp"
#include "plugin/operation_counters.hpp"
#include "plugin/plugin_call.hpp"
#include "plugin/plugin_library.hpp"
#include "ports/call_options.hpp"
#include "runtime/completion.hpp"

namespace treasurer {

/// What every instance of a host is given.
struct PluginHost {
    Executor& executor;
    const Clock& clock;
    HostSinks sinks;
};

struct InstanceSettings {
    std::string name;
    unsigned threads = 1;
    std::size_t queue = 1024;
    std::string config_json = "{}";
    BreakerSettings breaker = {};
    std::vector<std::string> http_allow = {};  ///< see PluginSlot
    Millis start_wait{60'000};                 ///< create() is given up after that
    Millis stop_wait{2000};                    ///< stop() waits that long for running calls, then leaves them behind
};

class PluginInstance {
public:
    static constexpr Operation health_operation{15, "health", atr::Outcome::retry, true};

    /// Creates the component. Errors: the plugin's own, with the instance's name in front.
    static atr::Result<std::unique_ptr<PluginInstance>> create(std::shared_ptr<const PluginLibrary> library,
                                                               const PluginComponent& component,
                                                               InstanceSettings settings, PluginHost host);
    ~PluginInstance();

    const std::string& name() const { return core_->name(); }
    /// The component's object, and one of its interface tables (nullptr: it has none of that id).
    void* self() const { return core_->self(); }
    const void* find_interface(std::string_view id) const { return core_->find_interface(id); }

    /// Runs `run`, a `Result<T>(const atr_call&)` that owns all it touches, on the pool. When the queue is full: retry,
    /// ATR_E_OVERLOADED, at once; when the circuit breaker is open: retry, ATR_E_UNREACHABLE. When options.timeout
    /// passes: retry if it never started, otherwise what the operation says; the plugin is left to finish, and its
    /// result is dropped.
    template <class T, class Run>
    Task<atr::Result<T>> call(Operation operation, CallOptions options, Run run);

    /// The same for start-up and the command line: blocks the calling thread.
    template <class T, class Run>
    atr::Result<T> call_blocking(Operation operation, CallOptions options, Run run);

    Task<atr::Result<std::string>> health(CallOptions options);

    void log(atr::LogLevel level, std::string_view message) const { core_->log(level, message); }
    InstanceSnapshot snapshot() const { return core_->snapshot(); }

    /// Refuses new calls, answers waiting ones (retry), waits settings.stop_wait for running ones and abandons the
    /// rest: the last thread to leave destroys the component; if one never returns, it stays in memory on purpose.
    void stop() { core_->stop(); }

private:
    explicit PluginInstance(std::shared_ptr<InstanceCore> core) : core_(std::move(core)) {}

    std::shared_ptr<InstanceCore> core_;
};

namespace detail {

/// What of a call's result the log is told, nullptr: nothing.
template <class T>
const atr::Error* failure_in(const atr::Result<T>& result) {
    return !result && is_failure(result.outcome()) ? &result.error() : nullptr;
}
/// A group of batches: the call is ok, and each batch has its own end. The first that failed speaks for them.
inline const atr::Error* failure_in(const atr::Result<std::vector<atr::Commit>>& result) {
    if (!result) return is_failure(result.outcome()) ? &result.error() : nullptr;
    for (const auto& commit : *result)
        if (is_failure(commit.outcome)) return &commit.error;
    return nullptr;
}

/// A PluginCall that runs `Run` and hands the result to `Deliver`, a `void(Result<T>)`.
template <class T, class Run, class Deliver>
class TypedCall final : public PluginCall {
public:
    TypedCall(const Operation& operation, CallOptions options, const Clock& clock, Run run, Deliver deliver)
        : PluginCall(operation, std::move(options), clock), run_(std::move(run)), deliver_(std::move(deliver)) {}

private:
    CallEnd invoke(const atr_call& call) noexcept override {
        try {
            result_ = run_(call);
        } catch (const std::exception& thrown) {
            result_ = threw(thrown.what());
        } catch (...) {
            result_ = threw("an exception of unknown type");
        }
        return {result_.outcome(), result_ ? 0 : result_.error().code, failure_in(result_)};
    }
    atr::Error threw(std::string_view what) const {
        return {.outcome = operation().on_timeout,
                .code = ATR_E_INTERNAL,
                .message = "the plugin threw: " + std::string(what.substr(0, 256))};
    }
    void give() noexcept override { deliver_(std::move(result_)); }
    void give(atr::Error error) noexcept override { deliver_(atr::Result<T>(std::move(error))); }

    Run run_;
    Deliver deliver_;
    atr::Result<T> result_{atr::Error{}};
};

}  // namespace detail

template <class T, class Run>
Task<atr::Result<T>> PluginInstance::call(Operation operation, CallOptions options, Run run) {
    Completion<atr::Result<T>> done(core_->executor());
    auto deliver = [done](atr::Result<T> result) { done.set(std::move(result)); };
    using Call = detail::TypedCall<T, Run, decltype(deliver)>;
    core_->submit(std::make_shared<Call>(operation, std::move(options), core_->clock(), std::move(run), deliver));
    atr::Result<T> result = co_await done;
    co_return result;
}

template <class T, class Run>
atr::Result<T> PluginInstance::call_blocking(Operation operation, CallOptions options, Run run) {
    auto promise = std::make_shared<std::promise<atr::Result<T>>>();
    auto deliver = [promise](atr::Result<T> result) { promise->set_value(std::move(result)); };
    using Call = detail::TypedCall<T, Run, decltype(deliver)>;
    core_->submit(std::make_shared<Call>(operation, std::move(options), core_->clock(), std::move(run), deliver));
    return promise->get_future().get();
}

}  // namespace treasurer
