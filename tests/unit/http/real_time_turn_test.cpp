// A transport thread runs before others only while it needs little.
#include "http/real_time_turn.hpp"

#include <sched.h>
#include <time.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <functional>
#include <thread>

using namespace treasurer::http;
using namespace std::chrono_literals;

namespace {

/// SCHED_OTHER or SCHED_FIFO, of the calling thread.
int policy() {
    return ::sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
}

/// Computes until the thread has used so much processor time.
void use(std::chrono::nanoseconds time) {
    const auto used = [] {
        timespec now{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
    };
    const auto end = used() + time;
    while (used() < end) {
    }
}

/// On a thread of its own: the test's keeps its policy.
void on_a_thread(const std::function<void()>& what) {
    std::thread thread(what);
    thread.join();
}

bool may_be_real_time() {
    std::atomic<bool> out{false};
    on_a_thread([&] {
        const sched_param first{.sched_priority = 1};
        out = ::sched_setscheduler(0, SCHED_FIFO, &first) == 0;
    });
    return out;
}

}  // namespace

SCENARIO("a thread that needs little of its core runs before others, and one that needs much beside them", "[http]") {
    const bool may = may_be_real_time();
    INFO("this process " << (may ? "may" : "may not") << " have threads in real time");
    on_a_thread([&] {
        RealTimeTurn turn(true, 1);
        const RealTimeTurn::TimePoint begin{1h};
        turn.look(begin);
        CHECK(turn.is_real_time() == may);
        CHECK(policy() == (may ? SCHED_FIFO : SCHED_OTHER));
        on_a_thread([] { CHECK(policy() == SCHED_OTHER); });
        use(80ms);  // a burst: of 100 ms that may be saved, and half of the time that passes
        turn.look(begin + 20ms);
        CHECK(turn.is_real_time() == may);
        use(50ms);                // and more than there is
        turn.look(begin + 39ms);  // too early to look
        CHECK(turn.is_real_time() == may);
        turn.look(begin + 40ms);
        CHECK(!turn.is_real_time());
        CHECK(policy() == SCHED_OTHER);
        turn.look(begin + 60ms);
        CHECK(!turn.is_real_time());
        turn.look(begin + 300ms);  // half of it has come back
        CHECK(turn.is_real_time() == may);
        for (int i = 1; i <= 10; ++i) {  // less than half of a core, for ever
            use(8ms);
            turn.look(begin + 300ms + i * 20ms);
            CHECK(turn.is_real_time() == may);
        }
    });
}

SCENARIO("threads that are more than the cores share what may be taken", "[http]") {
    if (!may_be_real_time()) return;
    on_a_thread([] {
        RealTimeTurn turn(true, 1000 * static_cast<int>(std::thread::hardware_concurrency()));
        const RealTimeTurn::TimePoint begin{1h};
        turn.look(begin);
        REQUIRE(turn.is_real_time());
        use(1ms);  // of half a core's thousandth
        turn.look(begin + 20ms);
        CHECK(!turn.is_real_time());
    });
}

SCENARIO("who does not want it is left alone", "[http]") {
    on_a_thread([] {
        RealTimeTurn turn(false, 1);
        turn.look(RealTimeTurn::TimePoint{1h});
        CHECK(!turn.is_real_time());
        CHECK(policy() == SCHED_OTHER);
    });
}
