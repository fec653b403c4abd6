/// The bus within the process: who hears what, and that nobody hears anything after unsubscribe.
#include <atomic>
#include <future>

#include "memory.hpp"

using namespace memory;

namespace {

struct Listener {
    explicit Listener(std::function<void(std::string_view, std::string_view)> heard_) : heard(std::move(heard_)) {
        sink.struct_size = sizeof sink;
        sink.ctx = this;
        sink.on_message = [](void* ctx, atr_str channel, atr_str payload) {
            static_cast<Listener*>(ctx)->heard(atr::view(channel), atr::view(payload));
        };
        sink.on_gap = [](void*, atr_str) { std::abort(); };
    }
    std::function<void(std::string_view, std::string_view)> heard;
    atr_bus_sink sink{};
};

std::uint64_t subscribe(Memory& memory, Listener& listener, std::string_view channel = "c") {
    return memory.call([&](const atr::Call& c) { return memory.cache->subscribe(c, channel, &listener.sink); }).value();
}

void publish(Memory& memory, std::string_view payload, std::string_view channel = "c") {
    if (!memory.call([&](const atr::Call& c) { return memory.cache->publish(c, channel, payload); })) std::abort();
}

}  // namespace

SCENARIO("a message reaches every listener of its channel, in order, before publish returns", "[cache_memory]") {
    Memory memory;
    std::string first, second, other;
    Listener a([&](auto, auto payload) { first += payload; }), b([&](auto, auto payload) { second += payload; }),
        c([&](auto, auto payload) { other += payload; });
    subscribe(memory, a);
    const auto id = subscribe(memory, b);
    subscribe(memory, c, "other");
    publish(memory, "1");
    publish(memory, "2");
    memory.cache->unsubscribe(id);
    memory.cache->unsubscribe(id);
    publish(memory, "3");
    publish(memory, "x", "nobody");
    CHECK(first == "123");
    CHECK(second == "12");
    CHECK(other.empty());
}

SCENARIO("unsubscribe waits for the callback that is running", "[cache_memory]") {
    Memory memory;
    std::promise<void> entered, go_on;
    std::atomic<bool> left = false, unsubscribed = false;
    Listener slow([&](auto, auto) {
        entered.set_value();
        go_on.get_future().wait();
        CHECK_FALSE(unsubscribed);
        left = true;
    });
    const auto id = subscribe(memory, slow);
    std::thread publisher([&] { publish(memory, "x"); });
    entered.get_future().wait();
    std::thread unsubscriber([&] {
        memory.cache->unsubscribe(id);
        CHECK(left);
        unsubscribed = true;
    });
    go_on.set_value();
    unsubscriber.join();
    publisher.join();
    CHECK(unsubscribed);
}

SCENARIO("a listener may publish, and unsubscribe itself or another, from its callback", "[cache_memory]") {
    Memory memory;
    int mine = 0, others = 0;
    std::uint64_t my_id = 0, other_id = 0;
    Listener me([&](auto, std::string_view payload) {
        ++mine;
        if (payload == "again") return;
        publish(memory, "again", "c");
        memory.cache->unsubscribe(my_id);
        memory.cache->unsubscribe(other_id);
    });
    Listener other([&](auto, auto) { ++others; });
    my_id = subscribe(memory, me);
    other_id = subscribe(memory, other);
    publish(memory, "first");
    publish(memory, "second");
    CHECK(mine == 2);    // "first" and, inside it, "again"
    CHECK(others == 1);  // "again"; by the time of "first" it was gone
}

SCENARIO("no callback runs after unsubscribe, also under fire", "[cache_memory]") {
    Memory memory;
    std::atomic<bool> stop = false;
    std::vector<std::thread> publishers;
    for (int i = 0; i < 3; ++i)
        publishers.emplace_back([&] {
            while (!stop) publish(memory, "x");
        });
    int after = 0;
    for (int round = 0; round < 500; ++round) {
        auto gone = std::make_unique<std::atomic<bool>>(false);
        auto listener = std::make_unique<Listener>([&after, flag = gone.get()](auto, auto) { after += *flag; });
        const auto id = subscribe(memory, *listener);
        memory.cache->unsubscribe(id);
        *gone = true;
        listener.reset();  // a late callback would now use freed memory, which the sanitizers see
    }
    stop = true;
    for (auto& publisher : publishers) publisher.join();
    CHECK(after == 0);
}
