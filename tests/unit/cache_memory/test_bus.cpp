/// The bus within the process delivers at once. What holds of every bus stands in tests/integration/cache_contract.
#include <functional>

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
