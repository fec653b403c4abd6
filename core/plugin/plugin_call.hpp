/// One call on its way through an instance's pool. Exactly one of worker and deadline gives the caller its answer; the
/// other's is dropped. It owns its arguments, so an abandoned call never touches its caller's frame.
/// Threads: run() on a worker, expire() on any; the state decides who was first.
#pragma once

#include <atomic>
#include <atr/plugin.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "plugin/circuit_breaker.hpp"
#include "plugin/failure_log.hpp"
#include "plugin/operation_counters.hpp"
#include "ports/call_options.hpp"
#include "runtime/clock.hpp"

namespace treasurer {

/// How a call ended.
struct CallEnd {
    atr::Outcome outcome;
    std::int32_t code;          ///< ATR_E_*, 0 when it is ok
    const atr::Error* failure;  ///< what to tell the log, nullptr: nothing; lives until give()
};

/// Where the ends of an instance's calls are noted.
struct CallBook {
    OperationCounters& counters;
    CircuitBreaker& breaker;
    FailureLog& failures;
};

class PluginCall {
public:
    using Steady = std::chrono::steady_clock;
    using Deadlines = std::multimap<Steady::time_point, std::shared_ptr<PluginCall>>;

    PluginCall(const Operation& operation, CallOptions options, const Clock& clock);
    virtual ~PluginCall() = default;
    PluginCall(const PluginCall&) = delete;
    PluginCall& operator=(const PluginCall&) = delete;

    /// Runs the plugin's function, unless the deadline was first.
    void run(CallBook book, const Clock& clock);
    /// After run(), on the same thread: gives the caller the plugin's answer, if that was in time.
    void answer() noexcept;
    /// Answers for the plugin: with retry when the call has not started, with the operation's on_timeout when it has.
    void expire(CallBook book);
    /// Answers a call that cannot start.
    void refuse(OperationCounters& counters, atr::Error error);

    Steady::time_point due() const { return due_; }
    bool is_urgent() const { return operation_.urgent; }
    bool passes_breaker() const { return operation_.passes_breaker; }

protected:
    /// Calls the plugin and keeps the result for give().
    virtual CallEnd invoke(const atr_call& call) noexcept = 0;
    virtual void give() noexcept = 0;
    virtual void give(atr::Error error) noexcept = 0;
    const Operation& operation() const { return operation_; }

private:
    friend class CallDeadlines;
    void tell(CircuitBreaker& breaker, bool failed) const;
    void note(FailureLog& failures, const atr::Error& error) const;
    enum class State { queued, running, done, expired, abandoned };
    struct Context {
        atr_call raw;  ///< first, so that the plugin's pointer leads back here
        const PluginCall* owner;
    };

    const Operation operation_;
    const CallOptions options_;
    const Steady::time_point made_, due_;
    std::atomic<State> state_{State::queued};
    Context context_{};
    bool in_time_ = false;  ///< run() was before the deadline
    bool watched_ = false;  ///< with place_: guarded by CallDeadlines
    Deadlines::iterator place_{};
};

}  // namespace treasurer
