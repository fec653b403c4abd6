#include "http/real_time_turn.hpp"

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <thread>

namespace treasurer::http {
namespace {

constexpr std::chrono::milliseconds kLookEvery{20};
/// Long beside a look: who takes all there is in every look has it before others for a tenth of the time.
constexpr std::chrono::milliseconds kBesideOthers{200};

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

}  // namespace

RealTimeTurn::RealTimeTurn(bool wanted, int threads) : wanted_(wanted), share_(share_of(threads)) {}

void RealTimeTurn::look(TimePoint now) {
    if (!wanted_ || now < next_look_) return;
    const auto used = processor_time();
    const bool is_first = last_look_ == TimePoint{};
    const bool took_too_much = !is_first && used - used_ > (now - last_look_) * share_;
    set(!took_too_much);
    used_ = used;
    last_look_ = now;
    next_look_ = now + (took_too_much ? kBesideOthers : kLookEvery);
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
