/// No lost invalidation is silent: whatever breaks the bus ends in on_gap.
#include <future>

#include "redis.hpp"
#include "tests/support/impostor.hpp"

using namespace redis;

namespace {

RedisSite& site() {
    static RedisSite one("standalone");
    return one;
}

void cut_the_bus() {
    site().cli("redis", {"CLIENT", "KILL", "TYPE", "pubsub"});
}

}  // namespace

SCENARIO("a cut subscription is told twice: when it is lost, and when it is in force again", "[redis]") {
    Redis redis(standalone(site()));
    Ear ear(redis), other(redis, "other");
    REQUIRE(redis.publish("c", "before"));
    CHECK(ear.hears("before"));
    cut_the_bus();
    CHECK(ear.hears("GAP", 2));
    CHECK(other.hears("GAP", 2));
    REQUIRE(redis.publish("c", "after"));
    CHECK(ear.hears("after"));
    CHECK(ear.heard() == std::vector<std::string>{"before", "GAP", "GAP", "after"});
    CHECK(redis.health()["bus"] == nlohmann::json{{"state", "subscribed"}, {"gaps", 1}});
}

SCENARIO("of all that was published while subscriptions were cut, what was not heard stands beside a gap", "[redis]") {
    Redis redis(standalone(site())), publisher(standalone(site()));
    auto settings = standalone(site());
    Redis listening(settings), sending(settings);
    Ear ear(listening);
    std::atomic<bool> stop = false;
    std::atomic<int> sent = 0;
    std::thread sender([&] {
        while (!stop) {
            if (!sending.publish("c", std::to_string(sent))) std::abort();
            ++sent;
        }
    });
    for (int round = 0; round < 20; ++round) {
        const int before = sent;
        CHECK(comes_true([&] { return sent > before + 50; }));
        cut_the_bus();
        CHECK(ear.hears("GAP", 2 * (round + 1)));  // in force again: cutting what is not yet there cuts nothing
    }
    stop = true;
    sender.join();
    REQUIRE(sending.publish("c", "end"));
    CHECK(ear.hears("end"));
    int next = 0;
    bool gap = false;
    for (const auto& one : ear.heard()) {
        if (one == "GAP") {
            gap = true;
        } else if (one != "end") {
            const int number = std::stoi(one);
            INFO("expected " << next << ", heard " << number);
            REQUIRE(number >= next);
            if (number > next) REQUIRE(gap);
            gap = false;
            next = number + 1;
        }
    }
    CHECK((next == sent || gap));
}

SCENARIO("a server that dies and comes back is a gap, and the bus goes on", "[redis]") {
    Redis redis(standalone(site()));
    Ear ear(redis);
    site().kill("redis");
    CHECK(ear.hears("GAP", 1));
    CHECK_FALSE(redis.publish("c", "lost"));
    site().start("redis");
    CHECK(ear.hears("GAP", 2));
    CHECK(comes_true([&] { return redis.publish("c", "after").has_value(); }));
    CHECK(ear.hears("after"));
    CHECK(redis.logged("the bus over Redis is away"));
    CHECK(redis.logged("the bus over Redis is back"));
}

SCENARIO("a server that falls silent is a gap", "[redis]") {
    auto settings = standalone(site());
    settings.bus_ping = Millis(50);
    settings.reply_timeout = Millis(100);
    settings.connect_timeout = Millis(100);
    Redis redis(settings);
    Ear ear(redis);
    REQUIRE(ear.subscribed);
    site().pause("redis");
    CHECK(ear.hears("GAP", 1));
    site().go_on("redis");
    CHECK(ear.hears("GAP", 2));
}

SCENARIO("a quiet bus on a sound server has no gaps", "[redis]") {
    auto settings = standalone(site());
    settings.bus_ping = Millis(10);
    Redis redis(settings);
    Ear ear(redis);
    const auto pings = [&] {
        const std::string stats = site().cli("redis", {"INFO", "commandstats"});
        const auto at = stats.find("cmdstat_ping:calls=");
        return at == std::string::npos ? 0 : std::stoi(stats.substr(at + 19));
    };
    const int before = pings();
    CHECK(comes_true([&] { return pings() > before + 20; }));
    CHECK(ear.heard().empty());
}

SCENARIO("a listener so slow that the server cuts it off is told", "[redis]") {
    site().cli("redis", {"CONFIG", "SET", "client-output-buffer-limit", "pubsub 1000000 0 0"});
    Redis redis(standalone(site()));
    Ear ear(redis);
    std::promise<void> go_on;
    const std::shared_future<void> gate = go_on.get_future().share();
    ear.on_message = [gate] { gate.wait(); };
    const auto cut_off = [] { return site().cli("redis", {"CLIENT", "LIST", "TYPE", "pubsub"}).size() <= 1; };
    const std::string large(200'000, 'x');
    REQUIRE(comes_true([&] { return redis.publish("c", large) && cut_off(); }));
    go_on.set_value();
    CHECK(ear.hears("GAP", 2));
    REQUIRE(redis.publish("c", "after"));
    CHECK(ear.hears("after"));
    site().cli("redis", {"CONFIG", "SET", "client-output-buffer-limit", "pubsub 33554432 8388608 60"});
}

SCENARIO("who subscribes while Redis is away is not kept waiting, and hears of the gap when it is back", "[redis]") {
    site().kill("redis");
    Redis redis(standalone(site()));
    Ear ear(redis);
    CHECK(ear.subscribed);
    CHECK(ear.heard().empty());
    site().start("redis");
    CHECK(ear.hears("GAP"));
    CHECK(comes_true([&] { return redis.publish("c", "after").has_value(); }));
    CHECK(ear.hears("after"));
}

SCENARIO("who may not subscribe or publish is told so", "[redis]") {
    auto settings = standalone(site());
    settings.username = "deaf";
    Redis redis(settings);
    Ear ear(redis);
    REQUIRE_FALSE(ear.subscribed);
    CHECK(ear.subscribed.error().outcome == Outcome::rejected);
    CHECK(ear.subscribed.error().code == ATR_E_PERMISSION);
    CHECK(redis.publish("c", "x").error().code == ATR_E_PERMISSION);
    CHECK(redis.health()["bus"]["state"] == "unused");
}

SCENARIO("garbage on the bus is a gap, and nobody's message", "[redis]") {
    for (const std::string garbage :
         {"*3\r\n$7\r\nmessage\r\n$1\r\nx\r\n$3\r\nlie\r\n", "$-9\r\n", "*0\r\n", ":1\r\n"}) {
        const std::string channel = "at:{bus}:c", size = std::to_string(channel.size());
        support::Impostor liar(
            {"+OK\r\n", "*3\r\n$9\r\nsubscribe\r\n$" + size + "\r\n" + channel + "\r\n:1\r\n" + garbage});
        RedisSettings settings;
        settings.addresses = {liar.address()};
        settings.back_off_min = settings.back_off_max = Millis(10);
        Redis redis(settings);
        Ear ear(redis);
        CHECK(ear.hears("GAP", 2));
        for (const auto& one : ear.heard()) CHECK(one == "GAP");
    }
}

SCENARIO("a cache that ends takes its bus with it", "[redis]") {
    for (int i = 0; i < 20; ++i) {
        Redis redis(standalone(site()));
        Ear ear(redis);
    }
    CHECK(comes_true([] { return site().cli("redis", {"CLIENT", "LIST", "TYPE", "pubsub"}).size() <= 1; }));
}
