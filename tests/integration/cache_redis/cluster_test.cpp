/// Keys on many nodes, also while they move.
#include <cache_redis/slots.hpp>

#include "redis.hpp"

using namespace redis;

namespace {

RedisSite& site() {
    static RedisSite one("cluster");
    return one;
}

RedisSettings cluster() {
    RedisSettings out;
    out.mode = "cluster";
    out.addresses = {site().address("n1"), site().address("n2")};
    out.username = "treasurer";
    out.password = password_reference;
    out.prefix = "at:" + std::to_string(std::random_device{}()) + ":";
    out.back_off_min = Millis(10);
    out.back_off_max = Millis(100);
    out.bus_ping = Millis(100);
    out.connect_timeout = out.reply_timeout = Millis(30'000);  // a node that is slow is not gone
    return out;
}

std::string slot_of(const RedisSettings& settings, const std::string& key) {
    return std::to_string(cache_redis::slot_of(settings.prefix + key));
}

/// The node of n1 to n4 that serves the slot now, as it says itself.
std::string owner(const std::string& slot) {
    for (const std::string node : {"n1", "n2", "n3", "n4"}) {
        const std::string nodes = site().cli(node, {"CLUSTER", "NODES"});
        std::istringstream line(nodes.substr(nodes.find("myself")));
        std::string text, word;
        std::getline(line, text);
        std::istringstream words(text);
        for (int i = 2; words >> word; ++i) {  // after the words of its state come ranges, and moves in brackets
            if (i < 8 || word[0] == '[') continue;
            const auto dash = word.find('-');
            const int from = std::stoi(word), to = dash == std::string::npos ? from : std::stoi(word.substr(dash + 1));
            if (std::stoi(slot) >= from && std::stoi(slot) <= to) return node;
        }
    }
    return "";
}

struct Move {
    explicit Move(std::string slot_, std::string to_ = "n4")
        : slot(std::move(slot_)), from(owner(slot)), to(std::move(to_)) {
        REQUIRE(site().cli(to, {"CLUSTER", "SETSLOT", slot, "IMPORTING", site().node_id(from)}) == "OK\n");
        REQUIRE(site().cli(from, {"CLUSTER", "SETSLOT", slot, "MIGRATING", site().node_id(to)}) == "OK\n");
    }
    /// All keys that are in the slot now.
    void carry() const {
        std::istringstream keys(site().cli(from, {"CLUSTER", "GETKEYSINSLOT", slot, "1000"}));
        for (std::string key; std::getline(keys, key);)
            if (!key.empty())
                REQUIRE(site().cli(from, {"MIGRATE", "127.0.0.1", std::to_string(site().port(to)), key, "0", "5000"}) ==
                        "OK\n");
    }
    void finish() const {
        for (const std::string& node : {to, from, std::string("n1"), std::string("n2"), std::string("n3")})
            site().cli(node, {"CLUSTER", "SETSLOT", slot, "NODE", site().node_id(to)});
    }
    std::string slot, from, to;
};

}  // namespace

SCENARIO("our slots are the servers' slots", "[redis]") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 40; ++i) {
        std::string key;
        for (unsigned length = random() % 20; key.size() < length;) key += "ab{}:x"[random() % 6];
        INFO(key);
        CHECK(site().cli("n1", {"CLUSTER", "KEYSLOT", key}) == std::to_string(cache_redis::slot_of(key)) + "\n");
    }
}

SCENARIO("keys on all nodes are one cache, and many are deleted in one call", "[redis]") {
    Redis redis(cluster());
    std::vector<std::string> names;
    for (int i = 0; i < 300; ++i) names.push_back("key-" + std::to_string(i));
    for (const auto& name : names) REQUIRE(redis.set(name, name, 5));
    for (const auto& name : names) REQUIRE(redis.get(name) == name);
    CHECK(redis.health()["nodes"].size() == 3);
    REQUIRE(redis.del({names.begin(), names.end()}));
    for (const auto& name : names) REQUIRE(redis.get(name) == "-");
    for (const auto& name : names) REQUIRE(redis.set(name, "late", 5, ATR_SET_IF_NEWER).outcome() == Outcome::conflict);
    CHECK(redis.incr("n").value().value == 1);
}

SCENARIO("a slot that has moved is found where it went", "[redis]") {
    const auto settings = cluster();
    Redis redis(settings);
    REQUIRE(redis.set("k", "v", 5));
    Move move(slot_of(settings, "k"), owner(slot_of(settings, "k")) == "n1" ? "n2" : "n1");
    move.carry();
    move.finish();
    CHECK(redis.get("k") == "v");
    CHECK(redis.set("k", "late", 5, ATR_SET_IF_NEWER).outcome() == Outcome::conflict);
    CHECK(redis.set("k", "w", 6, ATR_SET_IF_NEWER));
    CHECK(redis.get("k") == "w");
}

SCENARIO("while a slot is moving each key is asked for where it is", "[redis]") {
    const auto settings = cluster();
    Redis redis(settings);
    const auto in_slot = [](int i) { return "{same}" + std::to_string(i); };
    for (int i = 0; i < 10; ++i) REQUIRE(redis.set(in_slot(i), "v", 5));
    const Move move(std::to_string(cache_redis::slot_of("{same}")));
    const std::string carried = settings.prefix + in_slot(3);
    REQUIRE(site().cli(move.from,
                       {"MIGRATE", "127.0.0.1", std::to_string(site().port(move.to)), carried, "0", "5000"}) == "OK\n");
    site().cli(move.to, {"SCRIPT", "FLUSH"});
    CHECK(redis.get(in_slot(3)) == "v");
    CHECK(redis.get(in_slot(4)) == "v");
    CHECK(redis.get(in_slot(99)) == "-");
    CHECK(redis.set(in_slot(3), "late", 5, ATR_SET_IF_NEWER).outcome() == Outcome::conflict);
    CHECK(redis.set(in_slot(3), "w", 6, ATR_SET_IF_NEWER));
    CHECK(redis.get(in_slot(3)) == "w");
    std::vector<std::string> names;
    for (int i = 0; i < 10; ++i) names.push_back(in_slot(i));
    CHECK(redis.del({names.begin(), names.end()}));
    for (int i = 0; i < 10; ++i) CHECK(redis.get(in_slot(i)) == "-");
    move.carry();
    move.finish();
    CHECK(redis.set(in_slot(3), "late", 6, ATR_SET_IF_NEWER).outcome() == Outcome::conflict);
    CHECK(redis.set(in_slot(3), "x", 7, ATR_SET_IF_NEWER));
    CHECK(redis.get(in_slot(3)) == "x");
}

SCENARIO("resharding under load: nothing is wrong, and no count is lost", "[redis]") {
    Redis redis(cluster());
    std::atomic<bool> stop = false;
    std::atomic<int> wrong = 0, failed = 0, steps = 0;
    std::vector<std::thread> load;
    for (int thread = 0; thread < 4; ++thread)
        load.emplace_back([&, thread] {
            for (int i = 0; !stop; ++i) {
                const std::string key = std::to_string(thread) + ":" + std::to_string(i % 200);
                failed += !redis.set(key, key);
                if (const auto value = redis.get(key); value != key) value == "!" ? ++failed : ++wrong;
                if (redis.incr("counter" + std::to_string(i % 10))) ++steps;
            }
        });
    for (const auto& [from, to] : {std::pair{"n1", "n4"}, std::pair{"n4", "n1"}}) {
        const int before = steps;
        REQUIRE(comes_true([&] { return steps > before + 200; }));
        const std::string command = "redis-cli --cluster reshard " + site().address("n1") + " --cluster-from " +
                                    site().node_id(from) + " --cluster-to " + site().node_id(to) +
                                    " --cluster-slots 300 --cluster-yes > /dev/null";
        CHECK(std::system(command.c_str()) == 0);
    }
    stop = true;
    for (auto& thread : load) thread.join();
    CHECK(wrong == 0);
    CHECK(failed == 0);
    int counted = 0;
    for (int i = 0; i < 10; ++i) counted += std::stoi(redis.get("counter" + std::to_string(i)));
    CHECK(counted == steps);
}

SCENARIO("a dead node costs its own keys alone, also when it was the first to ask", "[redis]") {
    const auto settings = cluster();
    Redis redis(settings), late(settings);
    std::vector<std::string> others;
    for (int i = 0; others.size() < 5; ++i)
        if (const std::string key = "k" + std::to_string(i); owner(slot_of(settings, key)) != "n1")
            others.push_back(key);
    for (const auto& key : others) REQUIRE(redis.set(key, "v"));
    site().kill("n1");
    for (const auto& key : others) CHECK(redis.get(key) == "v");
    for (const auto& key : others) CHECK(late.get(key) == "v");
    CHECK_FALSE(redis.del({"k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9", "k10", "k11", "k12"}));
    site().start("n1");
    CHECK(comes_true([&] { return redis.set("k", "v") && redis.tried_health(); }));
}

SCENARIO("the bus of a cluster is heard, and tells of a gap when its slot moves or its node dies", "[redis]") {
    const auto settings = cluster();
    Redis redis(settings), publisher(settings);
    Ear ear(redis);
    REQUIRE(ear.subscribed);
    REQUIRE(publisher.publish("c", "one"));
    CHECK(ear.hears("one"));
    const std::string slot = std::to_string(cache_redis::slot_of("{bus}"));
    const std::string home = owner(slot), away = home == "n3" ? "n2" : "n3";
    WHEN("its slot moves") {
        Move move(slot, away);
        move.finish();
    }
    WHEN("its node dies and comes back") {
        site().kill(home);
        CHECK(ear.hears("GAP", 1));
        site().start(home);
    }
    CHECK(ear.hears("GAP", 2));
    // While the nodes do not agree yet on who serves the slot the bus may have to move once more: that is told, too.
    const auto gaps = [&] {
        const auto heard = ear.heard();
        return std::count(heard.begin(), heard.end(), "GAP");
    };
    const auto heard = [&](std::string_view what) {
        const auto all = ear.heard();
        return std::count(all.begin(), all.end(), what) > 0;
    };
    std::ptrdiff_t before = 0;
    CHECK(comes_true([&] { return before = gaps(), publisher.publish("c", "two").has_value(); }));
    CHECK(comes_true([&] { return heard("two") || gaps() > before; }));
    CHECK(comes_true([&] { return publisher.publish("c", "three") && heard("three"); }));
}
