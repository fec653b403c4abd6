/// What the host is told of the memory that Redis uses.
#include <cmath>

#include "redis.hpp"
#include "tests/support/listening_host.hpp"

using namespace redis;
using support::ListeningHost;

namespace {

std::unique_ptr<RedisCache> open(ListeningHost& host, RedisSettings settings) {
    host.secret = "correct-horse-9";
    return RedisCache::create(host.host(), "cache", std::move(settings)).value();
}

const std::string memory = "cache_memory_bytes";
bool is_known(double bytes) {
    return bytes > 0;
}
bool is_unknown(double bytes) {
    return std::isnan(bytes);
}

}  // namespace

SCENARIO("the memory that the server uses is told, while it says it", "[redis]") {
    RedisSite site("standalone");
    ListeningHost host;
    const auto cache = open(host, standalone(site));
    CHECK(host.wait_for_gauge(memory, is_known));
    WHEN("the user may not ask any more") {
        site.cli("redis", {"ACL", "SETUSER", "treasurer", "-info"});
        CHECK(host.wait_for_gauge(memory, is_unknown));
        site.cli("redis", {"ACL", "SETUSER", "treasurer", "+info"});
        CHECK(host.wait_for_gauge(memory, is_known));
    }
    WHEN("the server is gone") {
        site.kill("redis");
        CHECK(host.wait_for_gauge(memory, is_unknown));
        site.start("redis");
        CHECK(host.wait_for_gauge(memory, is_known));
    }
}

SCENARIO("of a cluster the memory of all its masters is told", "[redis]") {
    RedisSite site("cluster");
    RedisSettings settings;
    settings.mode = "cluster";
    settings.addresses = {site.address("n1")};
    settings.username = "treasurer";
    settings.password = password_reference;
    ListeningHost host;
    const auto cache = open(host, settings);
    REQUIRE(host.wait_for_gauge(memory, is_known));
    const std::string info = site.cli("n1", {"INFO", "memory"}), name = "used_memory:";
    REQUIRE(info.find(name) != std::string::npos);
    const double of_one = std::stod(info.substr(info.find(name) + name.size()));
    // There are three, and each uses about as much.
    CHECK(host.wait_for_gauge(memory, [&](double bytes) { return bytes > 2 * of_one; }));
}
