/// The master that the Sentinels name, also when it changes.
#include "redis.hpp"

using namespace redis;

namespace {

RedisSettings through(const RedisSite& site) {
    RedisSettings out;
    out.mode = "sentinel";
    out.master = "main";
    out.addresses = {site.address("sentinel1"), site.address("sentinel2"), site.address("sentinel3")};
    out.password = password_reference;
    out.sentinel_password = "secret://test/sentinel";
    out.back_off_min = Millis(10);
    out.back_off_max = Millis(100);
    out.bus_ping = Millis(100);
    return out;
}

}  // namespace

SCENARIO("the master is found through any Sentinel that answers, and those that refuse say why", "[redis]") {
    RedisSite site("sentinel");
    auto settings = through(site);
    GIVEN("all") {
        Redis redis(settings);
        CHECK(redis.set("k", "v"));
        CHECK(site.cli("master", {"EXISTS", "at:k"}) == "1\n");
    }
    GIVEN("one that is dead and one that hangs") {
        site.kill("sentinel1");
        site.pause("sentinel2");
        settings.connect_timeout = Millis(3000);
        Redis redis(settings);
        CHECK(redis.set("k", "v"));
    }
    GIVEN("a name nobody knows") {
        settings.master = "other";
        Redis redis(settings);
        const auto error = redis.set("k", "v").error();
        CHECK(error.code == ATR_E_CONFIG);
        CHECK(error.message.find("knows no master named 'other'") != std::string::npos);
    }
    GIVEN("a wrong password for the Sentinels") {
        settings.sentinel_password = password_reference;
        CHECK(Redis(settings).set("k", "v").error().code == ATR_E_AUTH);
    }
    GIVEN("a replica in the master's place") {
        auto direct = settings;
        direct.mode = "standalone";
        direct.master = direct.sentinel_password = "";
        direct.addresses = {site.address("replica")};
        Redis redis(direct);
        const auto done = redis.set("k", "v");
        CHECK(done.outcome() == Outcome::retry);
        CHECK(done.error().vendor_code == "READONLY");
    }
}

SCENARIO("failover under load: nothing is wrong, and the new master is used by calls and by the bus", "[redis]") {
    RedisSite site("sentinel");
    Redis redis(through(site));
    Ear ear(redis);
    REQUIRE(ear.subscribed);
    std::atomic<bool> stop = false;
    std::atomic<int> wrong = 0, good = 0;
    std::vector<std::thread> load;
    for (int thread = 0; thread < 4; ++thread)
        load.emplace_back([&, thread] {
            for (int i = 0; !stop; ++i) {
                const std::string key = std::to_string(thread) + ":" + std::to_string(i % 20);
                if (redis.set(key, key, 0, 0, 200)) ++good;
                const std::string value = redis.get(key, 200);
                wrong += value != key && value != "-" && value != "!";
            }
        });
    CHECK(comes_true([&] { return good > 100; }));
    WHEN("the master is killed") {
        site.kill("master");
        REQUIRE(comes_true([&] { return site.cli("replica", {"ROLE"}).starts_with("master"); }));
    }
    WHEN("the master hangs, and comes back as what it no longer is") {
        site.pause("master");
        REQUIRE(comes_true([&] { return site.cli("replica", {"ROLE"}).starts_with("master"); }));
        site.go_on("master");
    }
    WHEN("an operator asks for it") {
        REQUIRE(comes_true([&] {
            if (site.cli("replica", {"ROLE"}).starts_with("master")) return true;
            site.cli("sentinel1", {"SENTINEL", "FAILOVER", "main"});  // it may find that no replica is fit just now
            return false;
        }));
        REQUIRE(comes_true([&] { return site.cli("master", {"ROLE"}).starts_with("slave"); }));
    }
    // Until it is told, a master that was away still takes what will be lost.
    CHECK(comes_true([&] { return redis.set("after", "v") && site.cli("replica", {"EXISTS", "at:after"}) == "1\n"; }));
    const int before = good;
    CHECK(comes_true([&] { return good > before + 100; }));
    stop = true;
    for (auto& thread : load) thread.join();
    CHECK(wrong == 0);
    CHECK(ear.hears("GAP", 2));
    CHECK(comes_true([&] { return redis.publish("c", "after").has_value() && ear.heard().back() == "after"; }));
}
