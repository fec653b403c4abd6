#include "observe/log.hpp"

#include <catch2/catch.hpp>
#include <cctype>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "observe/line_queue.hpp"
#include "observe/log_writer.hpp"
#include "observe/timestamp.hpp"
#include "runtime/json_string.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/memory_log.hpp"
#include "tests/support/simulated.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace treasurer;
using namespace treasurer::observe;

namespace {

std::vector<std::string> lines_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
}

}  // namespace

TEST_CASE("a line is one JSON object with time, level, message and fields", "[observe]") {
    const support::ManualClock clock(1'700'000'000'123);
    support::MemoryLog log(clock);
    log.info("request answered", {{"request_id", "r-1"},
                                  {"status", 200},
                                  {"ms", 1.5},
                                  {"cached", true},
                                  {"bytes", std::size_t{18446744073709551615u}},
                                  {"delta", -7}});
    CHECK(log.lines().front() ==
          R"({"ts":"2023-11-14T22:13:20.123Z","level":"info","msg":"request answered","request_id":"r-1","status":200,)"
          R"("ms":1.5,"cached":true,"bytes":18446744073709551615,"delta":-7})");
}

TEST_CASE("fields that speak of secrets or payee accounts are never written", "[observe]") {
    const support::ManualClock clock;
    support::MemoryLog log(clock);
    const auto name = GENERATE(as<std::string>{}, "password", "new_Password", "access_token", "Authorization",
                               "client_secret", "wallet", "vendor_wallet", "iban", "IBAN", "address", "payee_address",
                               "X-API_KEY", "cookie", "prepared_blob");
    log.info("m", {{name, "DE89370400440532013000"}, {"vendor", "Acme"}});
    CHECK(log.lines().front().find("DE89") == std::string::npos);
    CHECK(log.lines().front().find(R"("vendor":"Acme")") != std::string::npos);
    CHECK_FALSE(is_redacted_name("request_id"));
    CHECK_FALSE(is_redacted_name("idempotency_key"));
}

TEST_CASE("whatever bytes are logged, the line stays one line of valid JSON", "[observe]") {
    const std::uint64_t seed = 20260101;
    INFO("seed " << seed);
    support::SeededRandom random(seed);
    const support::ManualClock clock;
    for (int round = 0; round < 2000; ++round) {
        support::MemoryLog log(clock);
        std::string bytes;
        for (auto left = random.below(40); left > 0; --left)
            bytes += static_cast<char>(random.below(3) ? random.below(256) : 0xC0 + random.below(64));
        log.info(bytes, {{bytes, bytes}});
        const auto line = log.lines().front();
        CHECK(line.find('\n') == std::string::npos);
        CHECK(nlohmann::json::accept(line));
    }
}

TEST_CASE("valid text is kept, invalid bytes become the replacement character", "[observe]") {
    const auto quoted = [](std::string_view text) {
        std::string out;
        append_json_string(out, text);
        return out;
    };
    CHECK(quoted("Zürich € 𝄞") == "\"Zürich € 𝄞\"");
    CHECK(quoted("a\"\\\n\x01") == R"("a\"\\\n\u0001")");
    CHECK(quoted("\xC0\xAF") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
    CHECK(quoted("\xED\xA0\x80x") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx\"");
    CHECK(quoted("\xE2\x82") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST_CASE("times are RFC 3339 in UTC", "[observe]") {
    CHECK(timestamp(0) == "1970-01-01T00:00:00.000Z");
    CHECK(timestamp(1'709'164'799'999) == "2024-02-28T23:59:59.999Z");
    CHECK(timestamp(1'709'164'800'000) == "2024-02-29T00:00:00.000Z");
}

TEST_CASE("lines below the threshold are not written", "[observe]") {
    const support::ManualClock clock;
    support::MemoryLog log(clock, Level::warn);
    log.info("no");
    log.warn("yes");
    CHECK(log.lines().size() == 1);
    log.set_threshold(Level::debug);
    log.debug("yes");
    CHECK(log.lines().size() == 2);
    CHECK(level_from("warn") == Level::warn);
    CHECK_FALSE(level_from("loud"));
}

TEST_CASE("the host's log writes every line whole, from many threads, and keeps its files bounded", "[observe]") {
    const support::TemporaryFolder folder;
    const support::ManualClock clock;
    const auto file = folder.path() / "treasurer.log";
    LogWriterSettings settings;
    settings.file = file;
    settings.to_stderr = false;
    settings.max_queued = 100'000;
    SECTION("all lines") {
        {
            auto log = open_log(settings, clock);
            REQUIRE(log);
            std::vector<std::thread> writers;
            for (int thread = 0; thread < 4; ++thread)
                writers.emplace_back([&, thread] {
                    for (int i = 0; i < 500; ++i) (*log)->info("line", {{"thread", thread}, {"i", i}});
                });
            for (auto& writer : writers) writer.join();
            CHECK((*log)->lost() == 0);
        }
        const auto lines = lines_of(file);
        CHECK(lines.size() == 2000);
        for (const auto& line : lines) CHECK(nlohmann::json::accept(line));
    }
    SECTION("rotation") {
        settings.max_file_bytes = 4096;
        settings.files = 2;
        {
            auto log = open_log(settings, clock);
            REQUIRE(log);
            for (int i = 0; i < 1000; ++i) (*log)->info("a line that fills files", {{"i", i}});
        }
        std::size_t files = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
            ++files;
            CHECK(entry.file_size() <= 4096);
        }
        CHECK(files == 3);
    }
}

TEST_CASE("lines that come faster than they can be written are lost by count, never waited for", "[observe]") {
    const support::TemporaryFolder folder;
    const support::ManualClock clock;
    LogWriterSettings settings;
    settings.file = folder.path() / "treasurer.log";
    settings.to_stderr = false;
    settings.max_queued = 16;
    settings.max_file_bytes = 100 << 20;  // all that is written stands in one file
    std::uint64_t lost = 0;
    {
        auto log = open_log(settings, clock);
        REQUIRE(log);
        const std::string text(2000, 'x');
        for (int i = 0; i < 20'000; ++i) (*log)->info("line", {{"text", text}});
        lost = (*log)->lost();
    }
    CHECK(lost > 0);
    CHECK(lines_of(settings.file).size() + lost == 20'000);
}

TEST_CASE("a log file that cannot be opened is named", "[observe]") {
    const support::ManualClock clock;
    LogWriterSettings settings;
    settings.file = "/proc/no/such/treasurer.log";
    const auto log = open_log(settings, clock);
    REQUIRE_FALSE(log);
    CHECK(log.error().message.find("/proc/no/such/treasurer.log") != std::string::npos);
}

TEST_CASE("a full disk costs lines, which are counted, and nothing else", "[observe]") {
    const support::ManualClock clock;
    LogWriterSettings settings;
    settings.file = "/dev/full";
    settings.to_stderr = false;
    auto log = open_log(settings, clock);
    REQUIRE(log);
    for (int i = 0; i < 5; ++i) (*log)->error("line", {{"text", std::string(10'000, 'x')}});
    while ((*log)->lost() == 0) std::this_thread::yield();
    CHECK((*log)->lost() > 0);
}

namespace {

std::string taken(LineQueue& queue) {
    std::string out = "what was there before";
    queue.take(out);
    return out;
}

}  // namespace

TEST_CASE("of lines that are too many the oldest go, and are counted", "[observe]") {
    LineQueue queue(3);
    CHECK(taken(queue).empty());
    for (const char* line : {"one", "two", "three", "", "five"}) queue.push(line);
    CHECK(queue.lines() == 3);
    CHECK(queue.lost() == 2);
    CHECK(taken(queue) == "three\n\nfive\n");
    CHECK(queue.lines() == 0);
    queue.push("six");
    CHECK(taken(queue) == "six\n");
    CHECK(queue.lost() == 2);
    LineQueue long_one(2);
    for (int i = 0; i < 1000; ++i) long_one.push(std::to_string(i));
    CHECK(long_one.lost() == 998);
    CHECK(taken(long_one) == "998\n999\n");
}

TEST_CASE("lines are cut where one ends", "[observe]") {
    CHECK(whole_lines("ab\ncd\n", 6) == "ab\ncd\n");
    CHECK(whole_lines("ab\ncd\n", 5) == "ab\n");
    CHECK(whole_lines("ab\ncd\n", 3) == "ab\n");
    CHECK(whole_lines("ab\ncd\n", 2) == "ab\n");  // a line that is longer goes alone
    CHECK(whole_lines("ab\ncd\n", 0) == "ab\n");
    CHECK(whole_lines("", 3).empty());
}

TEST_CASE("a name is secret wherever in it the word stands, and in whatever case", "[observe]") {
    for (const char* word :
         {"password", "passwd", "passphrase", "secret", "token", "authorization", "cookie", "credential", "api_key",
          "apikey", "private_key", "address", "wallet", "iban", "account_no", "prepared_blob"}) {
        INFO(word);
        std::string upper(word);
        for (auto& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        CHECK(is_redacted_name(word));
        CHECK(is_redacted_name(upper));
        CHECK(is_redacted_name(std::string("old_") + word + "_2"));
        CHECK(is_redacted_name(std::string("p") + word));
        CHECK_FALSE(is_redacted_name(std::string(word).substr(1)));
        CHECK_FALSE(is_redacted_name(std::string(word, std::strlen(word) - 1)));
    }
    for (const char* name : {"", "request_id", "method", "path", "status", "client", "user", "passport", "pa"})
        CHECK_FALSE(is_redacted_name(name));
}
