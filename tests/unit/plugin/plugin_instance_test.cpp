#include "plugin/plugin_instance.hpp"

#include <catch2/catch.hpp>

#include "bench.hpp"
#include "plugin/parser_plugin.hpp"

using namespace plugin_test;
using atr::Outcome;
using Parsed = atr::Result<atr::ParseResult>;

namespace {

constexpr Millis soon{20}, ample{60'000};

struct GoodParser {
    explicit GoodParser(Bench& bench, InstanceSettings settings = {.name = "p", .threads = 2, .stop_wait = ample})
        : instance(bench.instance("good_parser", "parser", std::move(settings))),
          port(std::move(ParserPlugin::make(*instance, ample).value())) {}
    Task<Parsed> parse(const std::string& text, Millis timeout = ample) {
        return port->parse(document(text),
                           {.timeout = timeout, .request_id = "r1", .attempt = 3, .traceparent = "00-ab-cd-01"});
    }
    std::string note(Bench& bench, const std::string& text) {
        return bench.await(parse(text)).value().fields.at(0).value;
    }
    /// Calls with ever more patience until one was started and abandoned; returns what its caller was told.
    Parsed abandon(Bench& bench, const std::string& text) {
        const auto before = counted(snapshot(), "parse").abandoned;
        for (Millis timeout = soon;; timeout *= 2) {
            Parsed result = bench.await(parse(text, timeout));
            if (counted(snapshot(), "parse").abandoned > before) return result;
        }
    }
    /// Starts a call that lasts until bench.touch("go"), and waits until the plugin has it.
    void occupy(Bench& bench, Together<Parsed>& calls) {
        calls.start(parse("wait " + bench.path("go")));
        REQUIRE(bench.heard.wait_for(instance->name() + ": waiting for " + bench.path("go")));
    }
    InstanceSnapshot snapshot() const { return instance->snapshot(); }
    std::unique_ptr<PluginInstance> instance;
    std::unique_ptr<ParserPlugin> port;
};

}  // namespace

TEST_CASE("a call goes through and is counted", "[plugin]") {
    Bench bench;
    GoodParser parser(bench);
    CHECK(parser.port->media_types() == std::vector<std::string>{"text/plain", "text/html"});
    const auto parsed = bench.await(parser.parse("text"));
    REQUIRE(parsed);
    CHECK(parsed->fields.at(0).value == "hello 1");
    CHECK(parsed->texts.at(0).text == "text");
    CHECK(parsed->model == "none");
    CHECK(bench.await(parser.instance->health({})).value() == R"({"name":"p"})");

    const auto failed = bench.await(parser.parse("fail"));
    REQUIRE(failed.outcome() == Outcome::rejected);
    CHECK(failed.error().code == ATR_E_MEDIA_TYPE);
    CHECK(failed.error().message == "no invoice");
    CHECK(failed.error().vendor_code == "V1");
    CHECK(failed.error().retry_after_ms == 7);

    const auto count = counted(parser.snapshot(), "parse");
    CHECK(outcomes(count, Outcome::ok) == 1);
    CHECK(outcomes(count, Outcome::rejected) == 1);
    CHECK(count.latency.count == 2);
    CHECK(count.latency.p50_us > 0);
}

TEST_CASE("a plugin that failed again and again is not asked for a while, but for its health", "[plugin]") {
    Bench bench;
    // A call that was not even started in time is a failure as well: then another, with more patience.
    std::unique_ptr<GoodParser> asked;
    for (Millis timeout = soon; !asked || counted(asked->snapshot(), "parse").abandoned == 0; timeout *= 2) {
        asked = std::make_unique<GoodParser>(
            bench, InstanceSettings{.name = "p",
                                    .threads = 2,
                                    .breaker = {.failures = 1, .open = ample, .open_max = ample},
                                    .stop_wait = ample});
        CHECK(bench.await(asked->parse("fail")).outcome() == Outcome::rejected);  // a "no" is no failure
        CHECK(bench.await(asked->parse("wait " + bench.path("go"), timeout)).outcome() == Outcome::retry);
    }
    GoodParser& parser = *asked;
    const auto refused = bench.await(parser.parse("text"));
    REQUIRE(refused.outcome() == Outcome::retry);
    CHECK(refused.error().code == ATR_E_UNREACHABLE);
    CHECK(parser.snapshot().breaker.state == BreakerState::open);
    CHECK(parser.snapshot().breaker.refused == 1);
    CHECK(bench.await(parser.instance->health({})));
    bench.touch("go");
}

TEST_CASE("a call knows its request, attempt, trace, time and deadline", "[plugin]") {
    Bench bench;
    GoodParser parser(bench);
    const std::string said = parser.note(bench, "now");
    std::istringstream words(said);
    std::int64_t now = 0, deadline = 0;
    std::string request, attempt, trace;
    words >> now >> deadline >> request >> attempt >> trace;
    CHECK(now > 1'600'000'000'000);
    CHECK(deadline <= now + ample.count());
    CHECK(deadline > now);
    CHECK(request == "r1");
    CHECK(attempt == "3");
    CHECK(trace == "00-ab-cd-01");
}

TEST_CASE("a call that outlives its deadline is abandoned, and its late answer is dropped and counted", "[plugin]") {
    Bench bench;
    GoodParser parser(bench);
    const auto result = parser.abandon(bench, "wait " + bench.path("go"));
    REQUIRE(result.outcome() == Outcome::retry);
    CHECK(result.error().code == ATR_E_TIMEOUT);
    CHECK(parser.snapshot().hung == 1);
    CHECK(parser.note(bench, "others are served") == "hello 2");
    bench.touch("go");
    parser.instance->stop();
    const auto count = counted(parser.snapshot(), "parse");
    CHECK(count.abandoned == 1);
    CHECK(count.late == 1);
    CHECK(parser.snapshot().hung == 0);
    CHECK(outcomes(count, Outcome::retry) == 1 + count.expired);
    CHECK(outcomes(count, Outcome::ok) == 1);
}

TEST_CASE("an abandoned call sees that it is cancelled", "[plugin]") {
    Bench bench;
    GoodParser parser(bench);
    CHECK(parser.abandon(bench, "until_cancelled").outcome() == Outcome::retry);
    CHECK(bench.heard.wait_for("p: cancelled"));
}

TEST_CASE("a call with an effect that outlives its deadline is unknown, one that never started is retry", "[plugin]") {
    Bench bench;
    auto instance = bench.instance("good_parser", "parser", {.name = "p", .threads = 1, .stop_wait = ample});
    constexpr Operation effect{5, "effect", Outcome::unknown};
    const auto released = std::make_shared<std::atomic<bool>>(false);
    const auto started = std::make_shared<std::atomic<bool>>(false);
    const auto hang = [=](const atr_call&) -> atr::Result<> {
        *started = true;
        released->wait(false);
        return {};
    };
    Millis timeout = soon;
    atr::Result<> running = atr::unsupported();
    for (; counted(instance->snapshot(), "effect").abandoned == 0; timeout *= 2)
        running = bench.await(instance->call<atr::Unit>(effect, {.timeout = timeout}, hang));
    CHECK(running.outcome() == Outcome::unknown);
    CHECK(running.error().code == ATR_E_TIMEOUT);
    const auto queued = bench.await(instance->call<atr::Unit>(effect, {.timeout = soon}, hang));
    CHECK(queued.outcome() == Outcome::retry);
    CHECK(queued.error().code == ATR_E_TIMEOUT);
    const auto count = counted(instance->snapshot(), "effect");
    CHECK(count.abandoned == 1);
    CHECK(count.expired >= 1);
    *released = true;
    released->notify_all();
    instance->stop();
    CHECK(counted(instance->snapshot(), "effect").late == 1);
}

TEST_CASE("a call that was to begin soon is not begun late", "[plugin]") {
    Bench bench;
    auto instance = bench.instance("good_parser", "parser", {.name = "p", .threads = 1, .stop_wait = ample});
    constexpr Operation effect{5, "effect", Outcome::unknown};
    const auto released = std::make_shared<std::atomic<bool>>(false);
    const auto begun = std::make_shared<std::atomic<int>>(0);
    const auto wait = [=](const atr_call&) -> atr::Result<> {
        ++*begun;
        released->wait(false);
        return {};
    };
    Together<atr::Result<>> calls(bench.executor);
    calls.start(instance->call<atr::Unit>(effect, {.timeout = ample}, wait));
    while (*begun == 0) std::this_thread::yield();
    calls.start(instance->call<atr::Unit>(effect, {.timeout = ample, .start_within = Millis(1)}, wait));
    while (instance->snapshot().queue_depth == 0) std::this_thread::yield();
    const auto asked = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - asked < Millis(2)) std::this_thread::yield();
    *released = true;
    released->notify_all();
    int refused = 0;
    for (const auto& result : calls.finish())
        if (!result) {
            ++refused;
            CHECK(result.outcome() == Outcome::retry);
            CHECK(result.error().code == ATR_E_OVERLOADED);
        }
    CHECK(refused == 1);
    CHECK(*begun == 1);
}

TEST_CASE("a full queue answers at once", "[plugin]") {
    Bench bench;
    GoodParser parser(bench, {.name = "p", .threads = 1, .queue = 2});
    Together<Parsed> calls(bench.executor);
    parser.occupy(bench, calls);
    calls.start(parser.parse("a"));
    calls.start(parser.parse("b"));
    while (parser.snapshot().queue_depth < 2) std::this_thread::yield();
    const auto refused = bench.await(parser.parse("c"));
    CHECK(refused.outcome() == Outcome::retry);
    CHECK(refused.error().code == ATR_E_OVERLOADED);
    CHECK(counted(parser.snapshot(), "parse").overloaded == 1);
    bench.touch("go");
    for (const auto& result : calls.finish()) CHECK(result.outcome() == Outcome::ok);
}

TEST_CASE("when every thread hangs, callers are told early", "[plugin]") {
    Bench bench;
    GoodParser parser(bench, {.name = "p", .threads = 2, .queue = 4, .breaker = {.failures = 0}, .stop_wait = ample});
    for (int i = 0; i < 2; ++i) CHECK(parser.abandon(bench, "wait " + bench.path("go")).outcome() == Outcome::retry);
    CHECK(parser.snapshot().hung == 2);
    while (parser.snapshot().queue_depth < 4)
        CHECK(bench.await(parser.parse("queued", soon)).error().code == ATR_E_TIMEOUT);
    CHECK(bench.await(parser.parse("refused", soon)).error().code == ATR_E_OVERLOADED);
    CHECK(counted(parser.snapshot(), "parse").overloaded == 1);
    bench.touch("go");
    parser.instance->stop();
    CHECK(parser.snapshot().hung == 0);
}

TEST_CASE("two instances of one plugin are independent", "[plugin]") {
    Bench bench;
    GoodParser one(bench, {.name = "one", .threads = 1, .config_json = R"({"greeting":"eins"})", .stop_wait = ample});
    GoodParser two(bench, {.name = "two", .threads = 1, .config_json = R"({"greeting":"zwei"})"});
    CHECK(one.abandon(bench, "wait " + bench.path("go")).outcome() == Outcome::retry);
    CHECK(two.note(bench, "x") == "zwei 1");
    CHECK(two.snapshot().hung == 0);
    CHECK(counted(two.snapshot(), "parse").abandoned == 0);
    CHECK(bench.heard.wait_for("one: created"));
    CHECK(bench.heard.wait_for("two: created"));
    bench.touch("go");
    one.instance->stop();
    CHECK(two.note(bench, "x") == "zwei 2");
}

TEST_CASE("host services: secrets by reference, metrics, a log that carries the instance's name", "[plugin]") {
    Bench bench;
    GoodParser parser(bench, {.name = "p", .config_json = R"({"secret":"secret://env/KEY"})"});
    CHECK(parser.note(bench, "secret") == "s3cret");
    CHECK(bench.await(parser.parse("metrics")).outcome() == Outcome::ok);
    CHECK(bench.heard.wait_for(R"(p counts pages 2 {"a":"b"})"));
    CHECK(bench.heard.wait_for("p counts depth unknown {}"));
    for (const auto& line : bench.heard.lines()) CHECK(line.find("nothing") == std::string::npos);
    GoodParser without(bench, {.name = "q"});
    CHECK(bench.await(without.parse("secret")).outcome() == Outcome::not_found);
}

TEST_CASE("a component that refuses its settings says why, with the instance's name", "[plugin]") {
    Bench bench;
    CHECK_THROWS_WITH(bench.instance("good_parser", "parser", {.name = "p", .config_json = R"({"greeting":"refuse"})"}),
                      "p: setting 'greeting': this one is refused");
    CHECK_THROWS_WITH(bench.instance("good_parser", "parser", {.name = "p", .config_json = R"({"x":1})"}),
                      "p: unknown setting 'x'");
}

TEST_CASE("threads start only when there is work for them, and not beyond the bound", "[plugin]") {
    Bench bench;
    GoodParser parser(bench, {.name = "p", .threads = 64});
    CHECK(parser.snapshot().threads == 1);
    for (int i = 0; i < 50; ++i) parser.note(bench, "x");
    CHECK(parser.snapshot().threads == 1);
    CHECK(parser.snapshot().max_threads == 64);
}

TEST_CASE("stopping answers what waits, waits for what runs, and then destroys the component", "[plugin]") {
    Bench bench;
    Together<Parsed> calls(bench.executor);
    {
        GoodParser parser(bench, {.name = "p", .threads = 1, .queue = 8, .stop_wait = ample});
        parser.occupy(bench, calls);
        calls.start(parser.parse("never started"));
        while (parser.snapshot().queue_depth == 0) std::this_thread::yield();
        bench.touch("go");
        parser.instance->stop();
        CHECK(parser.snapshot().threads == 0);
        CHECK(bench.await(parser.parse("after the end")).error().code == ATR_E_CANCELLED);
    }
    std::uint64_t answered = 0;
    for (const auto& result : calls.finish()) answered += result.outcome() == Outcome::ok;
    CHECK(answered >= 1);
}

TEST_CASE("a plugin that never returns is left behind, and cleans up when it does after all", "[plugin]") {
    Bench bench;
    Together<Parsed> calls(bench.executor);
    {
        GoodParser parser(bench, {.name = "p", .threads = 1, .stop_wait = Millis(1)});
        parser.occupy(bench, calls);
    }
    const auto results = calls.finish();
    REQUIRE(results.size() == 1);
    CHECK(results[0].outcome() == Outcome::retry);
    CHECK(results[0].error().code == ATR_E_TIMEOUT);
    CHECK(bench.heard.wait_for("p: calls never returned; the instance is left behind in memory"));
    bench.touch("go");
}

TEST_CASE("many callers at once, some too impatient: every call is answered once", "[plugin]") {
    Bench bench;
    GoodParser parser(bench, {.name = "p", .threads = 4, .queue = 64, .stop_wait = ample});
    Together<Parsed> calls(bench.executor);
    constexpr int total = 2000;
    for (int i = 0; i < total; ++i) calls.start(parser.parse("x", Millis(i % 3)));
    CHECK(calls.finish().size() == total);
    const auto count = counted(parser.snapshot(), "parse");
    std::uint64_t answered = 0;
    for (const auto one : count.by_outcome) answered += one;
    CHECK(answered == total);
    parser.instance->stop();
    CHECK(parser.snapshot().hung == 0);
}
