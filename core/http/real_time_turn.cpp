#include "http/real_time_turn.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

namespace treasurer::http {
namespace {

constexpr std::chrono::milliseconds kLookEvery{5};
/// What a thread has saved is no more than its share of so long: a burst of requests fits in, a flood does not.
constexpr std::chrono::milliseconds kSaved{150};
/// Of what the machine has, divided among the threads.
constexpr double kShare = 1.0 / 3;
/// Longer than a thread ever runs before others in one go. Beyond such a limit the kernel ends the process.
constexpr rlim_t kLongestUs = 1'000'000;

std::chrono::nanoseconds thread_processor_time() {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

bool schedule_thread(bool real_time) {
    sched_param priority{};
    priority.sched_priority = real_time ? 1 : 0;
    return ::sched_setscheduler(0, (real_time ? SCHED_FIFO : SCHED_OTHER) | SCHED_RESET_ON_FORK, &priority) == 0;
}

std::string why_not() {
    if ((::sched_getscheduler(0) & ~SCHED_RESET_ON_FORK) != SCHED_OTHER)
        return "the process was given a scheduling policy of its own";
    rlimit limit{};
    if (::getrlimit(RLIMIT_RTTIME, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < kLongestUs)
        return "the limit RTTIME is below a second, and would end the process";
    return {};
}

unsigned cores_of_process() {
    cpu_set_t set;
    CPU_ZERO(&set);
    const bool is_known = ::sched_getaffinity(0, sizeof set, &set) == 0;
    return std::max(1u, is_known ? static_cast<unsigned>(CPU_COUNT(&set)) : std::thread::hardware_concurrency());
}

std::chrono::nanoseconds part(std::chrono::nanoseconds of, double share) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(of * share);
}

}  // namespace

RealTimeTurn::System RealTimeTurn::linux_system() {
    return {thread_processor_time, schedule_thread, [] { return why_not().empty(); }, cores_of_process()};
}

RealTimeTurn::RealTimeTurn(bool wanted, int threads, System system)
    : wanted_(wanted),
      system_(std::move(system)),
      share_(kShare * std::min(1.0, system_.cores / static_cast<double>(std::max(1, threads)))),
      most_(part(kSaved, share_)),
      left_(most_) {}

void RealTimeTurn::look(TimePoint now) {
    if (!wanted_ || now < next_look_) return;
    const bool is_first = last_look_ == TimePoint{};
    if (is_first && !system_.may()) {
        wanted_ = false;
        return;
    }
    const auto used = system_.processor_time();
    const auto taken = is_real_time_ ? used - used_ : std::min(used - used_, part(now - last_look_, share_));
    if (!is_first) left_ = std::min(most_, left_ + part(now - last_look_, share_) - taken);
    used_ = used;
    last_look_ = now;
    next_look_ = now + kLookEvery;
    if (left_ < std::chrono::nanoseconds(0)) set(false);
    if (left_ > most_ / 2) set(true);
}

void RealTimeTurn::set(bool real_time) {
    if (real_time == is_real_time_) return;
    if (system_.schedule(real_time))
        is_real_time_ = real_time;
    else if (real_time)
        wanted_ = false;  // this process may not, and need not ask again
}

std::string real_time_refusal() {
    std::string out;
    std::thread trying([&] {
        out = why_not();
        if (out.empty() && !schedule_thread(true)) out = std::generic_category().message(errno);
    });
    trying.join();
    return out;
}

}  // namespace treasurer::http
