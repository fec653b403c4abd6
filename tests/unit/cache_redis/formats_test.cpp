/// Slots, addresses, entries: the forms that Redis and we have agreed on.
#include <cache_redis/cluster_topology.hpp>
#include <cache_redis/commands.hpp>
#include <cache_redis/endpoint.hpp>
#include <cache_redis/entry_format.hpp>
#include <cache_redis/script.hpp>
#include <cache_redis/slots.hpp>
#include <catch2/catch.hpp>
#include <limits>

using namespace cache_redis;
using namespace std::string_literals;

SCENARIO("slots are those of the Redis Cluster specification", "[cache_redis]") {
    CHECK(crc16("123456789") == 0x31C3);
    CHECK(slot_of("foo") == 12182);
    CHECK(slot_of("") == 0);
    CHECK(slot_of("{user1000}.following") == slot_of("{user1000}.followers"));
    CHECK(slot_of("foo{}{bar}") == crc16("foo{}{bar}") % 16384);
    CHECK(slot_of("foo{{bar}}zap") == slot_of("{bar"));
    CHECK(slot_of("foo{bar}{zap}") == slot_of("bar"));
    CHECK(slot_of("foo{bar") == crc16("foo{bar") % 16384);
}

SCENARIO("an address is a host and a port", "[cache_redis]") {
    CHECK(Endpoint::parse("redis.example:6379") == Endpoint{"redis.example", "6379"});
    CHECK(Endpoint::parse("[::1]:6379") == Endpoint{"::1", "6379"});
    CHECK(Endpoint::parse("::1:6379") == Endpoint{"::1", "6379"});
    CHECK(Endpoint::parse(":7000", "10.0.0.1") == Endpoint{"10.0.0.1", "7000"});
    CHECK(Endpoint{"::1", "6379"}.text() == "[::1]:6379");
    for (const std::string bad : {"", "host", ":6379", "host:", "host:0", "host:65536", "host:-1", "host:+1",
                                  "host:63a", "ho st:1", "host\n:1", "a]:1"})
        CHECK_FALSE(Endpoint::parse(bad));
}

SCENARIO("an entry lives as long as its key, less the time its version is remembered", "[cache_redis]") {
    const std::string head = "v" + version_text(7) + "0000060000";
    CHECK(read_entry("atr1" + head + "value", 60'500)->value == "value");
    CHECK(read_entry("atr1" + head + "value", 60'500)->ttl_ms_left == 500);
    CHECK_FALSE(read_entry("atr1" + head + "value", 60'000));
    CHECK_FALSE(read_entry("atr1t" + version_text(7) + "0000060000", 60'000));
    CHECK_FALSE(read_entry("atr1" + head, -2));
    CHECK(read_entry("12", 500)->value == "12");
    CHECK(read_entry("12", -1)->ttl_ms_left == 0);
    CHECK_FALSE(read_entry("12", 0));
    CHECK_FALSE(read_entry("atr1v" + std::string(30, 'x'), 500));
    CHECK_FALSE(read_entry("atr1x" + version_text(7) + "0000000000", 500));
    CHECK(version_text(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
    CHECK(version_text(0) == "00000000000000000000");
}

SCENARIO("commands carry any bytes", "[cache_redis]") {
    Commands commands;
    commands.add({"SET", std::string_view("\0\r\n", 3), ""});
    commands.add({"PING"});
    CHECK(commands.bytes() == "*3\r\n$3\r\nSET\r\n$3\r\n\0\r\n\r\n$0\r\n\r\n*1\r\n$4\r\nPING\r\n"s);
    CHECK(commands.count() == 2);
}

SCENARIO("a script is known by the SHA-1 of its text", "[cache_redis]") {
    CHECK(Scripts::all().set.sha1.size() == 40);
    CHECK(Scripts::all().set.sha1 != Scripts::all().del.sha1);
    CHECK(Scripts::all().set.sha1 == Script(Scripts::all().set.source.substr(Script("").source.size())).sha1);
}

namespace {

Reply number(std::int64_t value) {
    return {.type = Reply::Type::integer, .integer = value};
}
Reply text(const std::string& value) {
    return {.type = Reply::Type::text, .text = value};
}
Reply list(std::vector<Reply> items) {
    return {.type = Reply::Type::list, .list = std::move(items)};
}

}  // namespace

SCENARIO("a slot table is what CLUSTER SLOTS says, and nothing that makes no sense", "[cache_redis]") {
    const Endpoint asked{"10.0.0.9", "7000"};
    const auto node = [](const std::string& host, std::int64_t port) {
        return list({text(host), number(port), text("id")});
    };
    const auto table =
        SlotTable::read(list({list({number(0), number(99), node("10.0.0.1", 7001), node("10.0.0.2", 7002)}),
                              list({number(100), number(199), list({Reply{}, number(7003)})}),
                              list({number(200), number(299), node("?", 7)})}),
                        asked);
    REQUIRE(table);
    CHECK(*table->find(99) == Endpoint{"10.0.0.1", "7001"});
    CHECK(*table->find(100) == Endpoint{"10.0.0.9", "7003"});
    CHECK_FALSE(table->find(200));
    CHECK_FALSE(table->find(16383));
    for (const Reply& bad :
         {Reply{}, text("x"), list({}), list({number(1)}), list({list({number(0), number(99)})}),
          list({list({number(0), number(16384), node("h", 1)})}), list({list({number(-1), number(5), node("h", 1)})})})
        CHECK_FALSE(SlotTable::read(bad, asked));
}
