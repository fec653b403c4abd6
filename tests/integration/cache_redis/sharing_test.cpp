/// Callers share connections and round trips, and never notice. With figures.
#include <spawn.h>
#include <sys/wait.h>

#include <cstdio>

#include "redis.hpp"

extern char** environ;

using namespace redis;

namespace {

RedisSite& site() {
    static RedisSite one("standalone");
    return one;
}

std::int64_t round_trips() {
    const std::string info = site().cli("redis", {"INFO", "stats"});
    return std::stoll(info.substr(info.find("total_reads_processed:") + 22));
}

}  // namespace

SCENARIO("callers that wait share round trips over one connection, each with its own answer", "[redis]") {
    auto settings = standalone(site());
    settings.connections = 1;
    settings.pipeline = GENERATE(1, 64);
    Redis redis(settings);
    constexpr int threads = 8, each = 500;
    REQUIRE(redis.set("warm", "up"));
    const auto before = round_trips();
    std::atomic<int> wrong = 0;
    in_threads(threads, [&](int thread) {
        for (int i = 0; i < each; ++i) {
            const std::string key = std::to_string(thread) + ":" + std::to_string(i);
            if (i % 2 == 0) wrong += !redis.set(key, std::string(static_cast<std::size_t>(i), 'x') + key);
            if (i % 2 == 1) wrong += redis.get(key) != "-";
            if (i % 2 == 0) wrong += redis.get(key) != std::string(static_cast<std::size_t>(i), 'x') + key;
        }
    });
    CHECK(wrong == 0);
    const std::int64_t calls = threads * each * 3 / 2, trips = round_trips() - before;
    if (settings.pipeline == 1) CHECK(trips >= calls);
    if (settings.pipeline == 64) CHECK(trips < calls);  // by how much depends on how many wait at once
    CHECK(redis.health()["nodes"][site().address("redis")]["dialed"] == 1);
}

SCENARIO("who cannot wait as long as the others leaves them alone", "[redis]") {
    auto settings = standalone(site());
    settings.connections = 1;
    settings.reply_timeout = Millis(30'000);
    Redis redis(settings);
    REQUIRE(redis.set("k", "v"));
    site().pause("redis");
    std::atomic<int> early = 0, got = 0;
    std::vector<std::thread> patient;
    for (int i = 0; i < 4; ++i) patient.emplace_back([&] { got += redis.get("k") == "v"; });
    in_threads(4, [&](int) { early += redis.get("k", 30) == "!"; });
    CHECK(early == 4);
    CHECK(got == 0);
    site().go_on("redis");
    for (auto& thread : patient) thread.join();
    CHECK(got == 4);
}

TEST_CASE("counts for another process", "[.][counting]") {
    RedisSettings settings;
    settings.addresses = {std::getenv("COUNT_AT")};
    settings.username = "treasurer";
    settings.password = password_reference;
    Redis redis(settings);
    in_threads(4, [&](int) {
        for (int i = 0; i < 500; ++i)
            if (!redis.incr("shared")) std::abort();
    });
}

SCENARIO("eight threads in two processes count every step once", "[redis]") {
    ::setenv("COUNT_AT", site().address("redis").c_str(), 1);
    std::vector<pid_t> children(2);
    for (auto& pid : children) {
        char program[] = "/proc/self/exe", tag[] = "[counting]";
        char* arguments[] = {program, tag, nullptr};
        REQUIRE(::posix_spawn(&pid, program, nullptr, nullptr, arguments, environ) == 0);
    }
    for (const pid_t pid : children) {
        int status = -1;
        REQUIRE(::waitpid(pid, &status, 0) == pid);
        CHECK(status == 0);
    }
    auto settings = standalone(site());
    settings.prefix = "at:";
    CHECK(Redis(settings).get("shared") == "4000");
}

TEST_CASE("operations a second", "[.][figures]") {
    struct Way {
        int threads;
        std::int64_t connections, pipeline;
    };
    for (const Way way : {Way{1, 1, 1}, Way{1, 1, 64}, Way{8, 8, 1}, Way{8, 2, 1}, Way{8, 1, 64}, Way{8, 2, 64}}) {
        auto settings = standalone(site());
        settings.connections = way.connections;
        settings.pipeline = way.pipeline;
        Redis redis(settings);
        const std::string value(100, 'x');
        for (const bool sets : {false, true}) {
            for (int i = 0; i < 100; ++i) REQUIRE(redis.set("k" + std::to_string(i), value));
            const int each = 40'000 / way.threads;
            const auto began = std::chrono::steady_clock::now();
            in_threads(way.threads, [&](int thread) {
                for (int i = 0; i < each; ++i) {
                    const std::string key = "k" + std::to_string((i + thread) % 100);
                    if (sets ? !redis.set(key, value) : redis.get(key) != value) std::abort();
                }
            });
            const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
            std::printf("%s: %d threads, %ld connections, pipeline %2ld: %6.0f/s\n", sets ? "set" : "get", way.threads,
                        way.connections, way.pipeline, each * way.threads / taken.count());
        }
    }
}
