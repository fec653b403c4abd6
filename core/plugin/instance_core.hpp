/// The part of a plugin instance that its calls share and keep alive: component, host services, pool, deadlines,
/// counters. A thread that never returns from the plugin keeps it, and nobody else has to.
/// Threads: any, except stop(): once, by the owner.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/call_deadlines.hpp"
#include "plugin/host_services.hpp"
#include "plugin/operation_counters.hpp"
#include "plugin/plugin_call.hpp"
#include "plugin/plugin_library.hpp"
#include "plugin/worker_pool.hpp"
#include "runtime/executor.hpp"

namespace treasurer {

struct InstanceSnapshot {
    std::string name, kind, component, version;
    std::string file, sdk;
    unsigned threads = 0;  ///< started so far
    unsigned max_threads = 0;
    unsigned busy = 0;  ///< running a call now
    unsigned hung = 0;  ///< of those, running one that was abandoned
    std::size_t queue_depth = 0;
    std::size_t queue_limit = 0;
    BreakerSnapshot breaker;
    std::vector<OperationSnapshot> operations;
};

class InstanceCore : public std::enable_shared_from_this<InstanceCore> {
public:
    struct Parts {
        std::string name;
        std::shared_ptr<const PluginLibrary> library;
        PluginComponent component;
        unsigned threads;
        std::size_t queue;
        BreakerSettings breaker;
        Millis start_wait, stop_wait;
    };
    InstanceCore(Parts parts, Executor& executor, const Clock& clock, HostSinks sinks);
    ~InstanceCore();

    /// Makes the component, waiting at most parts.start_wait, and the pool for its calls.
    atr::Result<> create(const std::string& config_json);
    void submit(std::shared_ptr<PluginCall> call);
    void stop();

    const std::string& name() const { return parts_.name; }
    const PluginComponent& component() const { return parts_.component; }
    Executor& executor() const { return executor_; }
    const Clock& clock() const { return clock_; }
    void* self() const { return self_; }
    const void* find_interface(std::string_view id) const;
    void log(atr::LogLevel level, std::string_view message) const { services_.log(level, message); }
    InstanceSnapshot snapshot() const;

private:
    void finish(PluginCall& call);
    struct Made {
        void* self = nullptr;
        atr::Result<> outcome;
    };
    /// Calls the plugin's create() on this thread.
    Made make(const std::string& config_json) noexcept;
    /// The same on a thread of its own, which is left behind when it takes longer than parts.start_wait.
    Made make_in_time(const std::string& config_json);
    void destroy(void* self) const noexcept;
    CallBook book() { return {counters_, breaker_, failures_}; }

    const Parts parts_;
    Executor& executor_;
    const Clock& clock_;
    HostServices services_;
    OperationCounters counters_;
    CircuitBreaker breaker_;
    FailureLog failures_;
    std::shared_ptr<CallDeadlines> deadlines_;  ///< made by create(), with pool_: both need this object shared
    std::unique_ptr<WorkerPool> pool_;
    void* self_ = nullptr;
};

}  // namespace treasurer
