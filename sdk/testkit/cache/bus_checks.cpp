// The optional bus: who hears what, that a loss is told, and that nobody hears anything after unsubscribe.
#include <memory>
#include <thread>

#include "cache/client.hpp"
#include "cache/tables.hpp"

namespace atr::testkit {

namespace {

std::string text_of(const std::vector<std::string>& heard) {
    std::string out;
    for (const auto& one : heard) out += (out.empty() ? "" : " ") + one;
    return out.empty() ? "nothing" : out;
}

void delivers(Context& t) {
    CacheClient cache(t);
    BusClient bus(cache.instance(), t.unique);
    Listener first, second, other;
    bus.subscribe("c", first);
    bus.subscribe("c", second);
    bus.subscribe("other", other);
    const std::string bytes("a\0\xff\r\n b", 7);
    for (const auto& message : {std::string("1"), std::string("2"), bytes, std::string()})
        need_ok(bus.publish("c", message), "publish");
    need_ok(bus.publish("nobody", "x"), "publish where nobody listens");
    for (auto* listener : {&first, &second}) {
        expect(listener->wait_for(4), "four messages", text_of(listener->heard()));
        expect(listener->gaps() > 0 || listener->heard() == std::vector<std::string>{"1", "2", bytes, ""},
               "the messages of one publisher, whole and in order", text_of(listener->heard()));
    }
    expect(other.heard().empty(), "nothing on another channel", text_of(other.heard()));
}

void tells_a_loss(Context& t) {
    CacheClient cache(t);
    BusClient bus(cache.instance(), t.unique);
    std::atomic<int> held = 0;
    Listener slow([&] {
        if (held++ < 20) std::this_thread::sleep_for(std::chrono::milliseconds(20));  // a host that is busy
    });
    bus.subscribe("c", slow);
    const int messages = t.scale(2000, 20'000), threads = 4;
    in_threads(threads, [&](int) {
        for (int i = 0; i < messages / threads; ++i) need_ok(bus.publish("c", "key"), "publish");
    });
    const auto wanted = static_cast<std::size_t>(messages / threads * threads);
    expect(slow.wait_for(wanted), "every one of " + std::to_string(wanted) + " messages, or on_gap",
           std::to_string(slow.heard().size()) + " messages and no gap told");
}

void unsubscribes(Context& t) {
    CacheClient cache(t);
    BusClient bus(cache.instance(), t.unique);
    Listener stays, goes;
    bus.subscribe("c", stays);
    const auto id = bus.subscribe("c", goes);
    need_ok(bus.publish("c", "1"), "publish");
    expect(stays.wait_for(1) && goes.wait_for(1), "the message for both", "not for both");
    bus.unsubscribe(id);
    need_ok(bus.publish("c", "2"), "publish");
    expect(stays.wait_for(2), "the message for who stays", "none");
    expect(goes.heard().size() <= 1, "none for who has gone", text_of(goes.heard()));
    bus.unsubscribe(id);
    bus.unsubscribe(987'654'321);
}

void silent_afterwards(Context& t) {
    CacheClient cache(t);
    BusClient bus(cache.instance(), t.unique);
    std::atomic<bool> stop = false;
    std::atomic<int> late = 0;
    const int rounds = t.scale(100, 1000);
    std::vector<std::unique_ptr<Listener>> gone;  // kept: a callback that comes late is counted, and harms nobody
    in_threads(3, [&](int thread) {
        if (thread > 0) {
            while (!stop) need_ok(bus.publish("c", "x"), "publish");
            return;
        }
        struct Stop {
            std::atomic<bool>& flag;
            ~Stop() { flag = true; }
        } at_end{stop};
        for (int i = 0; i < rounds; ++i) {
            auto left = std::make_shared<std::atomic<bool>>(false);
            gone.push_back(std::make_unique<Listener>([&late, left] { late += *left ? 1 : 0; }));
            const auto id = bus.subscribe("c", *gone.back());
            expect(gone.back()->wait_for(1), "a message while others publish", "none");
            bus.unsubscribe(id);
            *left = true;
        }
    });
    expect_equal(late.load(), 0, "callbacks after unsubscribe had returned");
}

void ends_with_listeners(Context& t) {
    Listener listener;
    {
        CacheClient cache(t);
        BusClient bus(cache.instance(), t.unique);
        bus.subscribe("c", listener);
        need_ok(bus.publish("c", "x"), "publish");
    }
}

}  // namespace

Checks cache_bus_checks() {
    return {
        {"ATR-CACHE-020", "A message reaches every listener of its channel, whole and in its publisher's order.",
         "Hosts drop what they keep in memory when they hear of a change.",
         "A message handed to a pool of threads, which loses the order.",
         "Hand messages over one by one in the order they came; where there is no bus, answer NULL for "
         "atr.cache.bus/1.",
         delivers},
        {"ATR-CACHE-021", "A lost message is never silent: on_gap tells.",
         "A host that missed an invalidation shows old figures until it is told to drop everything.",
         "A queue that is cut, or a connection made anew, without a word.",
         "Call on_gap when a queue was full or a connection was lost, before the next message.", tells_a_loss},
        {"ATR-CACHE-022", "unsubscribe() ends one subscription, and may be repeated.",
         "Each part of the host ends its own subscription, and may do so again while it stops.",
         "A channel that is closed for all its listeners.",
         "Find the subscription by its handle, end that one alone, and take an unknown handle for one that has ended.",
         unsubscribes},
        {.code = "ATR-CACHE-033",
         .rule = "When unsubscribe() has returned no callback is running or will run.",
         .why = "The host frees what the callback uses as soon as unsubscribe() returns.",
         .pitfall = "A flag that is set without waiting for the callback that is running.",
         .advice = "Wait for the callback that is running.",
         .run = silent_afterwards,
         .stage = Stage::threads},
        {.code = "ATR-CACHE-043",
         .rule = "destroy() ends the bus with its listeners still there.",
         .why = "A host that stops ends its plugins while others may still listen.",
         .pitfall = "Threads that use the list of listeners after it is gone.",
         .advice = "Join the bus's threads first.",
         .run = ends_with_listeners,
         .stage = Stage::robustness},
    };
}

}  // namespace atr::testkit
