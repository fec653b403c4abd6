/// Answers are read whole or not at all, whatever the bytes are and however they arrive.
#include <cache_redis/errors.hpp>
#include <cache_redis/reply.hpp>
#include <catch2/catch.hpp>
#include <random>

using namespace cache_redis;

SCENARIO("answers come out whole, in whatever pieces they come in", "[cache_redis]") {
    const std::string bytes =
        "+OK\r\n:-12\r\n$3\r\na\r\n\r\n$-1\r\n*2\r\n*1\r\n:1\r\n$0\r\n\r\n-MOVED 3 h:1\r\n*-1\r\n";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        ReplyReader reader(1000);
        std::vector<Reply> replies;
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            reader.feed(std::string_view(bytes).substr(at, piece));
            for (auto next = reader.next(); *next; next = reader.next()) replies.push_back(std::move(**next));
        }
        REQUIRE(replies.size() == 7);
        CHECK_FALSE(reader.has_rest());
        CHECK(replies[0].text == "OK");
        CHECK(replies[1].integer == -12);
        CHECK(replies[2].text == "a\r\n");
        CHECK(replies[3].type == Reply::Type::nil);
        CHECK(replies[4].list[0].list[0].integer == 1);
        CHECK(replies[4].list[1].text.empty());
        CHECK(replies[5].is_error("MOVED"));
        CHECK_FALSE(replies[5].is_error("MOVE"));
        CHECK(replies[6].type == Reply::Type::nil);
    }
}

SCENARIO("half an answer is seen as one, and one beyond its bound refused", "[cache_redis]") {
    ReplyReader reader(100);
    reader.feed("*2\r\n:1\r\n");
    CHECK_FALSE(*reader.next());
    CHECK(reader.has_rest());
    reader.feed("$1000\r\n" + std::string(200, 'x'));
    CHECK(reader.next().error().code == ATR_E_CORRUPT);
}

SCENARIO("random bytes never do more than fail", "[cache_redis]") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const std::string alphabet = "+-:$*\r\n0123456789x";
    for (int round = 0; round < 20'000; ++round) {
        ReplyReader reader(1000);
        std::string bytes;
        for (unsigned length = random() % 40; bytes.size() < length;) {
            bytes += alphabet[random() % alphabet.size()];
            if (random() % 4 == 0) bytes += "\r\n";
        }
        reader.feed(bytes);
        int replies = 0;
        for (auto next = reader.next(); next && *next; next = reader.next()) ++replies;
        REQUIRE(replies <= 40);
    }
}

SCENARIO("a server's error says whether to try again, and never a value of ours", "[cache_redis]") {
    const auto error = [](const std::string& text) { return error_of({.type = Reply::Type::error, .text = text}); };
    CHECK(error("WRONGPASS invalid username-password pair or user is disabled.").code == ATR_E_AUTH);
    CHECK(error("NOAUTH Authentication required.").outcome == atr::Outcome::rejected);
    CHECK(error("ERR AUTH <password> called without any password configured").code == ATR_E_AUTH);
    CHECK(error("NOPERM this user has no permissions to run the 'evalsha' command").code == ATR_E_PERMISSION);
    CHECK(
        error("ERR The user executing the script can't run this command or subcommand script: c2, on @user_script:27.")
            .code == ATR_E_PERMISSION);
    CHECK(error("LOADING Redis is loading the dataset in memory").outcome == atr::Outcome::retry);
    CHECK(error("OOM command not allowed when used memory > 'maxmemory'.").code == ATR_E_OVERLOADED);
    CHECK(error("ERR max number of clients reached").outcome == atr::Outcome::retry);
    CHECK(error("ERR something").outcome == atr::Outcome::rejected);
    CHECK(error("WRONGTYPE Operation against a key").vendor_code == "WRONGTYPE");
}
