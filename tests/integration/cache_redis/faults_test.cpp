/// Servers that hang, lie, cut off or die: calls fail in time and say whether they may have been applied; nothing that
/// was meant for one call reaches another.
#include "redis.hpp"
#include "tests/support/impostor.hpp"

using namespace redis;
using support::Impostor;

namespace {

RedisSite& site() {
    static RedisSite one("standalone");
    return one;
}

RedisSettings at(const std::string& address) {
    RedisSettings out;
    out.addresses = {address};
    out.back_off_min = Millis(10);
    out.back_off_max = Millis(100);
    return out;
}

/// No reader is to be kept waiting beyond the time its call has. The slack is for a busy machine.
template <class F>
void within(std::int64_t budget_ms, F&& work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    CHECK(std::chrono::steady_clock::now() - began < Millis(budget_ms + 5000));
}

const std::string logged_in = "+OK\r\n";

}  // namespace

SCENARIO("nobody listens: the first call says so, the next ones at once and without trying", "[redis]") {
    auto settings = at("127.0.0.1:1");
    settings.back_off_min = settings.back_off_max = Millis(60'000);
    Redis redis(settings);
    const auto first = redis.set("k", "v").error();
    CHECK(first.outcome == Outcome::retry);
    CHECK(first.code == ATR_E_UNREACHABLE);
    for (int i = 0; i < 1000; ++i) {
        const auto next = redis.set("k", "v").error();
        REQUIRE(next.outcome == Outcome::retry);
        REQUIRE(next.retry_after_ms > 0);
        REQUIRE(redis.get("k") == "!");
    }
    CHECK(redis.logged("Redis is away"));
    CHECK(redis.host.log().size() == 1);
}

SCENARIO("a server that takes connections and never answers costs a call its deadline, and the next ones nothing",
         "[redis]") {
    Impostor silent({});
    auto settings = at(silent.address());
    settings.back_off_min = settings.back_off_max = Millis(60'000);
    Redis redis(settings);
    within(50, [&] {
        const auto entry = redis.look("k", 50);
        CHECK(entry.outcome() == Outcome::retry);
        CHECK(entry.error().code == ATR_E_TIMEOUT);
    });
    for (int i = 0; i < 100; ++i) CHECK(redis.get("k") == "!");
    CHECK(silent.connections() == 1);
}

SCENARIO("a server that falls silent after the login costs a call its deadline", "[redis]") {
    Impostor silent({logged_in});
    Redis redis(at(silent.address()));
    within(50, [&] {
        const auto done = redis.set("k", "v", 0, 0, 50);
        CHECK(done.outcome() == Outcome::unknown);
        CHECK(done.error().code == ATR_E_TIMEOUT);
    });
    within(50, [&] { CHECK(redis.look("k", 50).outcome() == Outcome::retry); });
}

SCENARIO("the operator's time-outs hold where the call has more time", "[redis]") {
    Impostor silent({logged_in});
    auto settings = at(silent.address());
    settings.reply_timeout = Millis(30);
    Redis redis(settings);
    within(30, [&] { CHECK(redis.set("k", "v").error().code == ATR_E_TIMEOUT); });
    Impostor mute({});
    settings.addresses = {mute.address()};
    settings.connect_timeout = Millis(30);
    Redis other(settings);
    within(30, [&] { CHECK(other.set("k", "v").error().code == ATR_E_TIMEOUT); });
}

SCENARIO("a call whose time is over is not sent", "[redis]") {
    Redis redis(standalone(site()));
    REQUIRE(redis.set("k", "v"));
    CHECK(redis.set("k", "late", 0, 0, 0).outcome() == Outcome::retry);
    CHECK(redis.set("k", "late", 0, 0, -1000).outcome() == Outcome::retry);
    CHECK(redis.get("k") == "v");
    CHECK(redis.health()["nodes"][site().address("redis")]["away"] == "");
}

SCENARIO("bytes that are no answer of Redis close the connection and are nobody's value", "[redis]") {
    const std::vector<std::string> garbage = {
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        std::string(100, '\0'),
        "$-5\r\n",
        "$9223372036854775807\r\nx",
        "$99999999999999999999999\r\n",
        "*2147483647\r\n",
        "*1000000\r\n:1\r\n",
        "*-7\r\n",
        std::string("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"),
        ":12abc\r\n",
        "$3\r\nab",
        "+half an ans",
        "$20000000\r\n" + std::string(6'000'000, 'x'),
        "*0\r\n*0\r\n",
        "$-1\r\n$5\r\nhello\r\n",
        ":5\r\n:5\r\n",
        ":-9223372036854775808\r\n$35\r\natr1v99999999999999999999999999999999\r\n",
    };
    for (const auto& bytes : garbage)
        for (const bool hangs_up : {false, true}) {
            INFO(bytes.substr(0, 40) << (hangs_up ? " and hangs up" : ""));
            Impostor liar({logged_in, bytes}, hangs_up);
            Redis redis(at(liar.address()));
            const auto entry = redis.look("k", 60);
            CHECK_FALSE((entry && entry->value != "hello"));
            if (!entry)
                CHECK((entry.outcome() == Outcome::retry || entry.outcome() == Outcome::not_found ||
                       entry.outcome() == Outcome::unknown));
            CHECK(redis.set("k", "v", 0, 0, 60).outcome() != Outcome::conflict);
        }
}

SCENARIO("garbage instead of a login is told, and the caller's command never sent", "[redis]") {
    for (const std::string bytes : {"SSH-2.0-OpenSSH_9.2\r\n", "-ERR no\r\n", "$5\r\nhello\r\n*"}) {
        Impostor liar({bytes}, true);
        Redis redis(at(liar.address()));
        const auto done = redis.set("k", "v", 0, 0, 100);
        INFO(bytes);
        REQUIRE_FALSE(done);
        if (!bytes.starts_with('$')) CHECK(done.outcome() != Outcome::unknown);
    }
}

SCENARIO("an answer that comes too late is given to no one", "[redis]") {
    auto settings = standalone(site());
    settings.connections = 1;
    Redis redis(settings);
    for (int i = 0; i < 10; ++i) {
        const std::string key = "k" + std::to_string(i);
        REQUIRE(redis.set(key, "value of " + key));
        site().pause("redis");
        CHECK(redis.get(key, 20) == "!");
        site().go_on("redis");
        REQUIRE(comes_true([&] { return redis.get("other") == "-"; }));
        CHECK(redis.get(key) == "value of " + key);
    }
}

SCENARIO("while the server is stopped calls end in time, and after it all is as it was", "[redis]") {
    Redis redis(standalone(site()));
    REQUIRE(redis.set("k", "v"));
    site().pause("redis");
    std::atomic<int> wrong = 0;
    in_threads(8, [&](int) {
        for (int i = 0; i < 20; ++i) wrong += redis.get("k", 20) != "!";
    });
    CHECK(wrong == 0);
    site().go_on("redis");
    CHECK(comes_true([&] { return redis.get("k") == "v"; }));
    CHECK(redis.logged("is back"));
}

SCENARIO("kill -9 and restart under load: misses and errors, never a wrong value, and then it is used again",
         "[redis]") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    Redis redis(standalone(site()));
    std::atomic<bool> stop = false;
    std::atomic<int> wrong = 0, good = 0, failed = 0;
    std::vector<std::thread> load;
    for (unsigned thread = 0; thread < 8; ++thread)
        load.emplace_back([&, thread] {
            std::mt19937 random(seed + thread);
            for (std::uint64_t version = 1; !stop; ++version) {
                const std::string key = "k" + std::to_string(random() % 50);
                if (random() % 3 == 0) failed += !redis.set(key, key + std::string(2000, '.'), version, 0, 100);
                const std::string value = redis.get(key, 100);
                if (value == "!")
                    ++failed;
                else if (value == "-")
                    continue;
                else
                    (value == key + std::string(2000, '.') ? good : wrong)++;
            }
        });
    for (int round = 0; round < 4; ++round) {
        const int before = good;
        CHECK(comes_true([&] { return good > before + 200; }));
        site().kill("redis");
        const int failures = failed;
        CHECK(comes_true([&] { return failed > failures + 20; }));
        site().start("redis");
    }
    const int before = good;
    CHECK(comes_true([&] { return good > before + 200; }));
    stop = true;
    for (auto& thread : load) thread.join();
    CHECK(wrong == 0);
    CHECK(comes_true([&] { return bool(redis.set("k", "v")) && redis.get("k") == "v"; }));
}

SCENARIO("every connection killed, again and again, under load: nothing is wrong, and no increment counted twice",
         "[redis]") {
    Redis redis(standalone(site()));
    std::atomic<bool> stop = false;
    std::atomic<int> sure = 0, perhaps = 0, wrong = 0;
    std::vector<std::thread> load;
    for (int thread = 0; thread < 8; ++thread)
        load.emplace_back([&, thread] {
            for (int i = 0; !stop; ++i) {
                const auto counter = redis.incr("n");
                if (counter)
                    ++sure;
                else
                    perhaps += counter.outcome() == Outcome::unknown;
                const std::string key = std::to_string(thread) + "-" + std::to_string(i % 10);
                if (redis.set(key, key))
                    if (const auto value = redis.get(key); value != key && value != "!") ++wrong;
            }
        });
    for (int round = 0; round < 40; ++round) {
        const int before = sure;
        CHECK(comes_true([&] { return sure > before + 5; }));
        site().cli("redis", {"CLIENT", "KILL", "TYPE", "normal"});
    }
    stop = true;
    for (auto& thread : load) thread.join();
    std::string total;
    REQUIRE(comes_true([&] { return (total = redis.get("n")) != "!"; }));
    const int counted = std::stoi(total);
    INFO("sure " << sure << ", perhaps " << perhaps << ", counted " << counted);
    CHECK(counted >= sure);
    CHECK(counted <= sure + perhaps);
    CHECK(wrong == 0);
}

SCENARIO("a key that holds what is not ours is told, and one without our head is a value", "[redis]") {
    auto settings = standalone(site());
    settings.username = "";
    Redis redis(settings);
    site().cli("redis", {"RPUSH", settings.prefix + "list", "a"});
    CHECK(redis.look("list").error().code == ATR_E_CORRUPT);
    CHECK(redis.set("list", "v").error().code == ATR_E_CORRUPT);
    CHECK(redis.incr("list").error().code == ATR_E_CORRUPT);
    site().cli("redis", {"SET", settings.prefix + "plain", "text"});
    CHECK(redis.get("plain") == "text");
    CHECK(redis.set("plain", "v"));
    CHECK(redis.get("plain") == "v");
}

SCENARIO("a server that is full, or has lost its scripts, is no trouble", "[redis]") {
    Redis redis(standalone(site()));
    REQUIRE(redis.set("k", "v"));
    site().cli("redis", {"SCRIPT", "FLUSH"});
    CHECK(redis.incr("n").value().value == 1);
    CHECK(redis.del({"k", "n", "m"}));
    CHECK(redis.get("k") == "-");
    site().cli("redis", {"CONFIG", "SET", "maxmemory", "1"});
    const auto full = redis.set("k", "v");
    CHECK(full.outcome() == Outcome::retry);
    CHECK(full.error().code == ATR_E_OVERLOADED);
    site().cli("redis", {"CONFIG", "SET", "maxmemory", "0"});
    CHECK(redis.set("k", "v"));
}
