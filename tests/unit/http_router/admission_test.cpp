// Whoever is let in has its turn soon, however many come: in simulated time, with arrivals of a Poisson process.
#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <vector>

#include "http/waiting_room.hpp"

using namespace treasurer::http;
using namespace std::chrono_literals;

namespace {

using TimePoint = Admission::TimePoint;
using std::chrono::nanoseconds;

struct Guest {
    TimePoint came;
};

/// A host that ends one request after another, `ends_per_s` of them while it has any, in the order in which they began.
struct Host {
    explicit Host(std::uint64_t seed, AdmissionSettings settings = {})
        : random(seed), admission(settings), room(admission, [this] { return now; }) {}

    nanoseconds gap(double per_s) {
        return nanoseconds(static_cast<std::int64_t>(std::exponential_distribution<double>(per_s)(random) * 1e9));
    }

    void come(WorkKind kind) {
        ++came[kind];
        if (room.enter(kind, Guest{now})) ++refused[kind];
        most_waiting = std::max(most_waiting, room.size());
    }
    void begin_what_may() {
        while (auto leaving = room.leave()) {
            if (!leaving->turn.is_held()) {
                ++late;
                continue;
            }
            ++began[leaving->kind];
            waits.push_back(now - leaving->waiting.came);
            if (worked_on.empty()) next_end = now + gap(ends_per_s);
            worked_on.push_back(std::move(leaving->turn));
        }
    }
    /// `per_s`: how many of each kind come in a second.
    void run(std::chrono::milliseconds lasting, std::map<WorkKind, double> per_s) {
        const auto end = now + lasting;
        std::map<WorkKind, TimePoint> next;
        for (const auto& [kind, rate] : per_s) next[kind] = now + gap(rate);
        while (now < end) {
            auto soonest = std::min_element(
                next.begin(), next.end(), [](const auto& one, const auto& other) { return one.second < other.second; });
            if (!worked_on.empty() && next_end < soonest->second) {
                now = next_end;
                worked_on.front().end(now);
                worked_on.pop_front();
                next_end = now + gap(ends_per_s);
            } else {
                now = soonest->second;
                come(soonest->first);
                soonest->second += gap(per_s[soonest->first]);
            }
            begin_what_may();
        }
    }
    nanoseconds longest_wait() const { return waits.empty() ? 0ns : *std::max_element(waits.begin(), waits.end()); }

    TimePoint now{std::chrono::hours(1)};
    std::mt19937_64 random;
    Admission admission;
    WaitingRoom<Guest> room;
    double ends_per_s = 500;
    TimePoint next_end;
    std::deque<Admission::Turn> worked_on;
    std::map<WorkKind, int> came, refused, began;
    int late = 0;
    std::size_t most_waiting = 0;
    std::vector<nanoseconds> waits;
};

constexpr auto a_read = WorkKind::read, a_write = WorkKind::write;

}  // namespace

TEST_CASE("ten times what a host can do leaves it busy, and nobody whose work begins waits long", "[admission]") {
    const auto seed = GENERATE(1U, 2U, 3U);
    CAPTURE(seed);
    Host host(seed);
    host.run(10s, {{a_write, 5000}});
    CHECK(host.began[a_write] > 4600);
    CHECK(host.longest_wait() <= 200ms);
    auto waits = host.waits;
    std::sort(waits.begin(), waits.end());
    CHECK(waits.at(waits.size() / 2) < 150ms);
    CHECK(host.most_waiting < 300);
    CHECK(host.late < host.refused[a_write] / 20);  // they are told when they come, and not when they have waited
}

TEST_CASE("nobody is refused by a host that can do what is asked", "[admission]") {
    const auto seed = GENERATE(4U, 5U, 6U);
    CAPTURE(seed);
    Host host(seed);
    host.run(20s, {{a_write, 200}, {a_read, 150}});
    CHECK(host.refused[a_write] + host.refused[a_read] + host.late == 0);
}

TEST_CASE("an idle host lets in as many at one moment as it works on, and some to wait", "[admission]") {
    Host host(7, {.at_once = 20, .burst = 5, .herd = 5});
    for (int i = 0; i < 30; ++i) host.come(a_write);
    CHECK(host.refused[a_write] == 5);
}

TEST_CASE("a herd that comes to a host at rest waits, so far as it can be served in time", "[admission]") {
    const auto seed = GENERATE(10U, 11U);
    CAPTURE(seed);
    Host host(seed, {.at_once = 64, .burst = 64, .herd = 256});
    host.ends_per_s = 5000;
    for (int herds = 1; herds <= 2; ++herds) {
        for (int i = 0; i < 300; ++i) host.come(a_read);
        host.begin_what_may();
        host.run(100ms, {{a_write, 10}});
        CHECK(host.refused[a_read] + host.late == 0);
        CHECK(host.began[a_read] == herds * 300);
        host.run(2s, {{a_write, 10}});  // then it is at rest again
    }
    THEN("one that is larger is refused in part, and a second one that comes at once is") {
        for (int i = 0; i < 400; ++i) host.come(a_read);
        CHECK(host.refused[a_read] >= 400 - 64 - 256);
        host.begin_what_may();
        host.run(101ms, {{a_write, 10}});
        const int before = host.refused[a_read];
        for (int i = 0; i < 1000; ++i) host.come(a_read);
        CHECK(host.refused[a_read] - before > 300);
    }
}

TEST_CASE("a host that becomes ten times slower lets nobody begin that waited too long", "[admission]") {
    const auto seed = GENERATE(8U, 9U);
    CAPTURE(seed);
    Host host(seed);
    host.run(3s, {{a_write, 2000}});
    host.ends_per_s = 50;
    host.run(5s, {{a_write, 2000}});
    CHECK(host.longest_wait() <= 200ms);
    const auto before = host.began[a_write];
    host.ends_per_s = 500;
    host.run(5s, {{a_write, 2000}});
    CHECK(host.began[a_write] - before > 1800);
}

TEST_CASE("a flood of one kind does not keep the other from its turn", "[admission]") {
    const auto seed = GENERATE(10U, 11U);
    CAPTURE(seed);
    Host host(seed);
    SECTION("payments behind reads") {
        host.run(10s, {{a_read, 20'000}, {a_write, 40}});
        CHECK(host.began[a_write] > 350);
        CHECK(host.began[a_read] > 4000);
    }
    SECTION("reads behind payments") {
        host.run(10s, {{a_read, 300}, {a_write, 20'000}});
        CHECK(host.began[a_read] > 2700);
        CHECK(host.began[a_write] > 1000);
    }
    SECTION("both at once: eight reads for each payment") {
        host.run(10s, {{a_read, 10'000}, {a_write, 10'000}});
        CHECK(host.began[a_write] > host.began[a_read] / 10);
        CHECK(host.began[a_write] < host.began[a_read] / 6);
    }
}

TEST_CASE("what waits long for others, such as a rail, keeps nobody from beginning", "[admission]") {
    Host host(12, {.at_once = 2});
    std::vector<Admission::Turn> held;
    held.push_back(host.admission.begin(a_write, host.now));
    held.push_back(host.admission.begin(a_write, host.now));
    CHECK_FALSE(host.admission.may_begin(host.now));
    host.now += 499ms - 50ms;
    CHECK_FALSE(host.admission.may_begin(host.now));
    host.now += 101ms;
    CHECK(host.admission.may_begin(host.now));
    held.push_back(host.admission.begin(a_write, host.now));
    for (auto& turn : held) turn.end(host.now);  // those that are not counted any more are not counted down
    CHECK(host.admission.next(true, false, host.now) == a_read);
    host.admission.begin(a_read, host.now);
    CHECK(host.admission.next(true, false, host.now) == a_read);
    host.admission.begin(a_read, host.now);
    CHECK_FALSE(host.admission.next(true, false, host.now));
}

TEST_CASE("who is refused is told to come again when all who are can be served", "[admission]") {
    Host host(13);
    CHECK(host.admission.retry_after_s(a_write, host.now) == 1);
    host.run(5s, {{a_write, 5000}, {a_read, 50}});
    const auto told = host.admission.retry_after_s(a_write, host.now);
    CHECK(told >= 8);
    CHECK(told <= 14);
    CHECK(host.admission.retry_after_s(a_read, host.now) <= 2);
    host.ends_per_s = 5;
    host.run(3s, {{a_write, 20'000}});
    CHECK(host.admission.retry_after_s(a_write, host.now) == 30);
}
