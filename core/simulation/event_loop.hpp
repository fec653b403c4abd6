/// Everything that happens in the simulated world, in the order of time; what falls on one moment happens in an order
/// that the seed chooses. One loop is one thread's.
#pragma once

#include "runtime/clock.hpp"
#include "runtime/executor.hpp"
#include "simulation/seeded_random.hpp"

#include <functional>
#include <vector>

namespace treasurer::simulation {

/// Who does something: a life of a host, or the world around them.
using Actor = std::uint32_t;
inline constexpr Actor the_world = 0;

class EventLoop final : public Clock {
public:
    using Event = std::function<void()>;

    EventLoop(std::uint64_t seed, UnixMillis start) : order_(seed), now_(start) {}

    /// The true time.
    UnixMillis unix_ms() const override { return now_; }
    std::uint64_t events() const { return events_; }

    Actor new_actor();
    void after(Millis delay, Actor who, Event event);
    /// Nothing of what it still had to do ever happens.
    void end(Actor who) { actors_.at(who).ended = true; }
    /// It does nothing until then, as a stopped process, and then everything that fell due.
    void stall(Actor who, Millis time);
    void wake(Actor who) { actors_.at(who).stalled_until = 0; }
    bool ended(Actor who) const { return actors_.at(who).ended; }

    /// Asked before every event of a host; false: the host died instead.
    void before_events(std::function<bool(Actor)> ask) { ask_ = std::move(ask); }

    /// One event. False when nothing is left to happen until `end`; the time is `end` then.
    bool run_one(UnixMillis end);
    void run_until(UnixMillis end) {
        while (run_one(end)) {
        }
    }

private:
    struct Entry {
        UnixMillis at = 0;
        std::uint64_t order = 0;
        Actor who = the_world;
        Event event;
    };
    struct State {
        bool ended = false;
        UnixMillis stalled_until = 0;
    };
    static bool later(const Entry& a, const Entry& b) { return a.at != b.at ? a.at > b.at : a.order > b.order; }
    void push(Entry entry);
    Entry pop();

    SeededRandom order_;
    UnixMillis now_;
    std::uint64_t events_ = 0;
    std::vector<Entry> heap_;
    std::vector<State> actors_ = {State{}};
    std::function<bool(Actor)> ask_;
};

/// The executor of one life of a host. Lifetime: as long as the world, since late answers still name it.
class ActorExecutor final : public Executor {
public:
    ActorExecutor(EventLoop& loop, Actor who) : loop_(loop), who_(who) {}
    void post(std::function<void()> work) override { loop_.after(Millis{0}, who_, std::move(work)); }
    void post_after(Millis delay, std::function<void()> work) override { loop_.after(delay, who_, std::move(work)); }
    Actor who() const { return who_; }

private:
    EventLoop& loop_;
    const Actor who_;
};

/// A host's own idea of the time: the true one, and an error that changes.
class HostClock final : public Clock {
public:
    explicit HostClock(const EventLoop& loop) : loop_(loop) {}
    UnixMillis unix_ms() const override { return loop_.unix_ms() + error_; }
    void set_error(UnixMillis error) { error_ = error; }

private:
    const EventLoop& loop_;
    UnixMillis error_ = 0;
};

}  // namespace treasurer::simulation
