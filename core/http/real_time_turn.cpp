#include "http/real_time_turn.hpp"

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <thread>

namespace treasurer::http {
namespace {

constexpr std::chrono::milliseconds kLookEvery{20};
/// What a thread has saved is no more than its share of so long: a burst of requests fits in, a flood does not.
constexpr std::chrono::milliseconds kSaved{200};

std::chrono::nanoseconds processor_time() {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

/// Half of what the machine has, divided among the threads.
double share_of(int threads) {
    const double cores = std::max(1u, std::thread::hardware_concurrency());
    return 0.5 * std::min(1.0, cores / std::max(1, threads));
}

std::chrono::nanoseconds part(std::chrono::nanoseconds of, double share) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(of * share);
}

}  // namespace

RealTimeTurn::RealTimeTurn(bool wanted, int threads)
    : wanted_(wanted), share_(share_of(threads)), most_(part(kSaved, share_)), left_(most_) {}

void RealTimeTurn::look(TimePoint now) {
    if (!wanted_ || now < next_look_) return;
    const auto used = processor_time();
    if (last_look_ != TimePoint{}) left_ = std::min(most_, left_ + part(now - last_look_, share_) - (used - used_));
    if (left_ < std::chrono::nanoseconds(0)) set(false);
    if (left_ > most_ / 2) set(true);
    used_ = used;
    last_look_ = now;
    next_look_ = now + kLookEvery;
}

void RealTimeTurn::set(bool real_time) {
    if (real_time == is_real_time_) return;
    sched_param priority{};
    priority.sched_priority = real_time ? 1 : 0;
    if (::sched_setscheduler(0, (real_time ? SCHED_FIFO : SCHED_OTHER) | SCHED_RESET_ON_FORK, &priority) == 0)
        is_real_time_ = real_time;
    else
        wanted_ = false;  // this process may not, and need not ask again
}

}  // namespace treasurer::http
