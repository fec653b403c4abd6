// What failed calls say to the log.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "plugin/failure_log.hpp"

namespace {

using namespace treasurer;

struct Listening {
    std::vector<std::string> lines;
    FailureLog log{"storage", [this](const CallFailure& failure) {
                       lines.push_back(std::string(failure.operation) + " " + failure.error.message + " " +
                                       std::string(failure.request_id) + " +" + std::to_string(failure.left_out));
                   }};
    FailureLog::Time now{std::chrono::hours(1)};

    void fail(std::string operation, std::int32_t code, const std::string& text) {
        log.note(operation, "r1", atr::retry(code, text), now);
    }
};

}  // namespace

TEST_CASE("a cause is told once in ten seconds, then with how many were left out", "[plugin]") {
    Listening storage;
    for (int i = 0; i < 5; ++i) storage.fail("get", ATR_E_UNREACHABLE, "away");
    CHECK(storage.lines == std::vector<std::string>{"get away r1 +0"});
    storage.now += FailureLog::pause;
    storage.fail("get", ATR_E_UNREACHABLE, "still away");
    CHECK(storage.lines.back() == "get still away r1 +4");
    storage.now += FailureLog::pause;
    storage.fail("get", ATR_E_UNREACHABLE, "again");
    CHECK(storage.lines.back() == "get again r1 +0");
}

TEST_CASE("another cause does not wait for the first one's pause", "[plugin]") {
    Listening storage;
    storage.fail("get", ATR_E_UNREACHABLE, "away");
    storage.fail("get", ATR_E_PERMISSION, "not allowed");
    storage.fail("commit", ATR_E_UNREACHABLE, "away");
    CHECK(storage.lines.size() == 3);
}

TEST_CASE("a plugin that invents a cause for every call fills neither log nor memory", "[plugin]") {
    Listening storage;
    for (int i = 0; i < 10'000; ++i) storage.fail("get", 1000 + i, "new");
    CHECK(storage.lines.size() == FailureLog::max_causes + 1);
}
