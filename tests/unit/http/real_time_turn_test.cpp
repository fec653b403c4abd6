// A transport thread runs before others only while it needs little.
#include "http/real_time_turn.hpp"

#include <sched.h>
#include <catch2/catch.hpp>

#include <thread>
#include <vector>

using namespace treasurer::http;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

/// A thread whose use of its core is said, not measured.
struct Thread {
    nanoseconds used{0};
    bool allowed = true, may = true;
    std::vector<bool> asked;

    RealTimeTurn turn(int threads = 1, unsigned cores = 1) {
        return RealTimeTurn(true, threads,
                            {[this] { return used; },
                             [this](bool real_time) {
                                 asked.push_back(real_time);
                                 return allowed;
                             },
                             [this] { return may; }, cores});
    }
};

constexpr RealTimeTurn::TimePoint first_look{1h};

}  // namespace

SCENARIO("a third of a core is before others for ever", "[http]") {
    Thread thread;
    RealTimeTurn turn = thread.turn();
    for (int i = 0; i < 100'000; ++i) {
        turn.look(first_look + i * 20ms);
        REQUIRE(turn.is_real_time());
        thread.used += 6ms;
    }
    CHECK(thread.asked == std::vector<bool>{true});
}

SCENARIO("a burst is taken before others, and a flood beside them until it is over", "[http]") {
    Thread thread;
    RealTimeTurn turn = thread.turn();
    turn.look(first_look);
    thread.used += 50ms;  // as much as can be saved, and a third of the time that passes
    turn.look(first_look + 60ms);
    CHECK(turn.is_real_time());
    thread.used += 31ms;
    turn.look(first_look + 64ms);  // too early to look
    CHECK(turn.is_real_time());
    turn.look(first_look + 90ms);
    CHECK_FALSE(turn.is_real_time());
    for (int i = 1; i <= 3600; ++i) {  // an hour of it
        thread.used += 990ms;
        turn.look(first_look + i * 1s);
        REQUIRE_FALSE(turn.is_real_time());
    }
    turn.look(first_look + 3600s + 50ms);
    CHECK_FALSE(turn.is_real_time());
    turn.look(first_look + 3600s +
              150ms);  // what it took beside others costs nothing: half of what can be saved is back
    CHECK(turn.is_real_time());
    CHECK(thread.asked == std::vector<bool>{true, false, true});
}

SCENARIO("threads that are more than the cores share what may be taken", "[http]") {
    Thread thread;
    RealTimeTurn turn = thread.turn(4, 2);
    turn.look(first_look);
    thread.used += 20ms;
    turn.look(first_look + 5ms);
    CHECK(turn.is_real_time());
    thread.used += 10ms;
    turn.look(first_look + 10ms);
    CHECK_FALSE(turn.is_real_time());
}

SCENARIO("a system that refuses is asked once, and one that may not be asked never", "[http]") {
    Thread thread;
    thread.allowed = GENERATE(true, false);
    thread.may = !thread.allowed;
    RealTimeTurn turn = thread.turn();
    for (int i = 0; i < 10; ++i) turn.look(first_look + i * 1s);
    if (thread.allowed) {
        CHECK(thread.asked.empty());
    } else {
        CHECK(thread.asked.size() == 1);
    }
    CHECK_FALSE(turn.is_real_time());
}

SCENARIO("a thread that cannot be put beside others again is tried at every look", "[http]") {
    Thread thread;
    RealTimeTurn turn = thread.turn();
    turn.look(first_look);
    thread.allowed = false;
    thread.used += 1s;
    for (int i = 1; i <= 3; ++i) turn.look(first_look + i * 5ms);
    CHECK(thread.asked == std::vector<bool>{true, false, false, false});
    thread.allowed = true;
    turn.look(first_look + 20ms);
    CHECK_FALSE(turn.is_real_time());
}

SCENARIO("who does not want it is left alone", "[http]") {
    RealTimeTurn turn(false, 1);
    turn.look(first_look);
    CHECK_FALSE(turn.is_real_time());
}

SCENARIO("on this system a thread has it where it may, and the threads that it begins have not", "[http]") {
    const auto policy = [] { return ::sched_getscheduler(0) & ~SCHED_RESET_ON_FORK; };
    const std::string refusal = real_time_refusal();
    INFO("refused: '" << refusal << "'");
    int before = -1, ours = -1, of_child = -1;
    bool is_real_time = false;
    std::thread thread([&] {
        before = policy();
        RealTimeTurn turn(true, 1);
        turn.look(first_look);
        is_real_time = turn.is_real_time();
        ours = policy();
        std::thread([&] { of_child = policy(); }).join();
    });
    thread.join();
    CHECK(is_real_time == refusal.empty());
    CHECK(ours == (refusal.empty() ? SCHED_FIFO : before));
    CHECK(of_child == before);
}
