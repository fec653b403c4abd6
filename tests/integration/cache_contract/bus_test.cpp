/// The bus: who hears what, in which order, and that nobody hears anything after unsubscribe.
#include <future>

#include "cache_under_test.hpp"

using namespace contract;

namespace {

/// Collects what it hears, or does what it is told to.
struct Listener {
    explicit Listener(std::function<void(std::string_view)> also = {}) : then(std::move(also)) {
        sink.struct_size = sizeof sink;
        sink.ctx = this;
        sink.on_message = [](void* ctx, atr_str, atr_str payload) {
            auto& self = *static_cast<Listener*>(ctx);
            {
                const std::lock_guard lock(self.mutex);
                self.text += atr::view(payload);
            }
            self.heard.notify_all();
            if (self.then) self.then(atr::view(payload));
        };
        sink.on_gap = [](void* ctx, atr_str) { ++static_cast<Listener*>(ctx)->gaps; };
    }
    ~Listener() {
        for (const auto id : subscriptions) cache->cache.unsubscribe(id);
    }
    /// What it has heard once that ends in `end`.
    std::string wait_for(std::string_view end) {
        std::unique_lock lock(mutex);
        heard.wait_for(lock, std::chrono::seconds(30), [&] { return text.ends_with(end); });
        return text;
    }
    std::function<void(std::string_view)> then;
    CacheUnderTest* cache = nullptr;
    std::vector<std::uint64_t> subscriptions;
    std::mutex mutex;
    std::condition_variable heard;
    std::string text;
    std::atomic<int> gaps = 0;
    atr_bus_sink sink{};
};

std::uint64_t subscribe(CacheUnderTest& cache, Listener& listener, std::string_view channel = "c") {
    listener.cache = &cache;
    listener.subscriptions.push_back(cache.cache.subscribe(cache.call(), channel, &listener.sink).value());
    return listener.subscriptions.back();
}

void publish(CacheUnderTest& cache, std::string_view payload, std::string_view channel = "c") {
    if (!cache.cache.publish(cache.call(), channel, payload)) std::abort();
}

}  // namespace

SCENARIO("a message reaches every listener of its channel, in order, whatever its bytes", "[cache]") {
    CacheUnderTest cache;
    Listener first, second, other;
    subscribe(cache, first);
    const auto id = subscribe(cache, second);
    subscribe(cache, other, "other");
    publish(cache, "1");
    publish(cache, "2");
    CHECK(second.wait_for("2") == "12");
    cache.cache.unsubscribe(id);
    cache.cache.unsubscribe(id);
    publish(cache, std::string("\0\r\n{}", 5));
    publish(cache, "x", "nobody");
    publish(cache, "3");
    publish(cache, "end", "other");
    CHECK(first.wait_for("3") == std::string("12\0\r\n{}3", 8));
    CHECK(other.wait_for("end") == "end");
    CHECK(second.text == "12");
    CHECK(first.gaps + second.gaps + other.gaps == 0);
}

SCENARIO("unsubscribe waits for the callback that is running", "[cache]") {
    CacheUnderTest cache;
    std::promise<void> entered, go_on;
    std::atomic<bool> left = false, unsubscribed = false;
    Listener slow([&](auto) {
        entered.set_value();
        go_on.get_future().wait();
        CHECK_FALSE(unsubscribed);
        left = true;
    });
    const auto id = subscribe(cache, slow);
    std::thread publisher([&] { publish(cache, "x"); });
    entered.get_future().wait();
    std::thread unsubscriber([&] {
        cache.cache.unsubscribe(id);
        CHECK(left);
        unsubscribed = true;
    });
    go_on.set_value();
    unsubscriber.join();
    publisher.join();
    CHECK(unsubscribed);
}

SCENARIO("a listener may publish, subscribe, and unsubscribe itself or another, from its callback", "[cache]") {
    CacheUnderTest cache;
    std::atomic<std::uint64_t> my_id = 0, other_id = 0;
    Listener other, late, witness;
    Listener me([&](std::string_view payload) {
        if (payload != "go") return;
        cache.cache.unsubscribe(my_id);
        cache.cache.unsubscribe(other_id);
        subscribe(cache, late, "late");
        publish(cache, "from inside", "witness");
    });
    my_id = subscribe(cache, me);
    other_id = subscribe(cache, other);
    subscribe(cache, witness, "witness");
    publish(cache, "go");
    CHECK(witness.wait_for("from inside") == "from inside");
    publish(cache, "unheard");
    publish(cache, "end", "witness");
    witness.wait_for("end");
    CHECK(me.text == "go");
    CHECK(other.text.empty());
}

SCENARIO("no callback runs after unsubscribe, also under fire", "[cache]") {
    CacheUnderTest cache;
    std::atomic<bool> stop = false;
    std::vector<std::thread> publishers;
    for (int i = 0; i < 3; ++i)
        publishers.emplace_back([&] {
            while (!stop) publish(cache, "x");
        });
    std::atomic<int> after = 0, heard = 0;
    for (int round = 0; round < 100; ++round) {
        auto gone = std::make_unique<std::atomic<bool>>(false);
        auto listener = std::make_unique<Listener>([&, flag = gone.get()](auto) {
            ++heard;
            after += *flag;
        });
        const auto id = subscribe(cache, *listener);
        if (round % 10 == 0) listener->wait_for("x");
        cache.cache.unsubscribe(id);
        *gone = true;
        CHECK(listener->gaps == 0);
        listener.reset();  // a late callback would now use freed memory, which the sanitizers see
    }
    stop = true;
    for (auto& publisher : publishers) publisher.join();
    CHECK(after == 0);
    CHECK(heard >= 10);
}
