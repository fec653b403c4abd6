/// Lets a transport thread run before others while it needs little of its core. It works a few microseconds a request,
/// and would otherwise wait milliseconds for a core that a database or a payment computes on.
/// Linux: SCHED_FIFO, priority 1, not inherited by threads that it begins; needs CAP_SYS_NICE or RLIMIT_RTPRIO >= 1.
/// Threads: one, that which is meant.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace treasurer::http {

class RealTimeTurn {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// What is asked of the system, of the calling thread.
    struct System {
        std::function<std::chrono::nanoseconds()> processor_time;
        std::function<bool(bool real_time)> schedule;  ///< false: refused
        std::function<bool()> may;                     ///< whether to begin with it at all
        unsigned cores = 1;                            ///< that this process may run on
    };
    static System linux_system();

    /// `threads` of them share the cores. `wanted` false: nothing is ever changed.
    RealTimeTurn(bool wanted, int threads, System system = linux_system());

    /// Called before whatever the thread does. A thread that has used up what it may take, as under a flood of
    /// requests, runs beside all others until half of it has come back, so that it can keep nobody from working for
    /// long. What it uses beside them costs nothing.
    void look(TimePoint now);
    bool is_real_time() const { return is_real_time_; }

private:
    void set(bool real_time);

    bool wanted_;
    const System system_;
    const double share_;                       ///< of a core that comes back all the time
    const std::chrono::nanoseconds most_;      ///< processor time that it may take at once
    std::chrono::nanoseconds left_, used_{0};  ///< of that; altogether, at the last look
    bool is_real_time_ = false;
    TimePoint next_look_ = {}, last_look_ = {};
};

/// Why this process has no threads in real time, in words; empty: it may. Tried on a thread of its own.
std::string real_time_refusal();

}  // namespace treasurer::http
