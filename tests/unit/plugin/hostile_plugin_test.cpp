#include <catch2/catch.hpp>

#include "bench.hpp"
#include "plugin/parse_sink.hpp"
#include "plugin/parser_plugin.hpp"
#include "plugin/rail_plugin.hpp"
#include "plugin/storage_plugin.hpp"

using namespace plugin_test;
using atr::Outcome;
using Catch::Contains;

namespace {

constexpr Millis patience{60'000};

std::string start_plugin(const std::string& name) {
    return (plugin_dir() / "start" / (name + ".so")).string();
}

/// A port over one of the hostile plugins.
template <class Port>
struct Hostile {
    Bench bench;
    std::unique_ptr<PluginInstance> instance;
    std::unique_ptr<Port> port;
};

struct HostileParser : Hostile<ParserPlugin> {
    HostileParser() {
        instance = bench.instance("hostile_parser", "parser", {.name = "p"});
        port = std::move(ParserPlugin::make(*instance, patience).value());
    }
    atr::Result<atr::ParseResult> parse(const std::string& what) {
        return bench.await(port->parse(document(what), {.timeout = patience}));
    }
};

struct HostileStorage : Hostile<StoragePlugin> {
    HostileStorage() {
        instance = bench.instance("hostile_storage", "storage", {.name = "s"});
        port = std::move(StoragePlugin::make(*instance).value());
    }
    atr::Commit commit(const std::string& what) {
        std::vector<atr::Batch> batches(2);
        for (auto& batch : batches) {
            batch.idempotency_key = what;
            batch.ops.resize(2);
        }
        auto results = bench.await(port->commit(std::move(batches), {.timeout = patience}));
        REQUIRE(results.size() == 2);
        CHECK(results[0].outcome == results[1].outcome);
        return results[1];
    }
};

struct HostileRail : Hostile<RailPlugin> {
    HostileRail() {
        instance = bench.instance("hostile_rail", "rail", {.name = "r"});
        port = std::move(RailPlugin::make(*instance, patience).value());
    }
    static atr::RailPayment payment(const std::string& what) {
        atr::RailPayment out;
        out.payment_id = std::string(32, 'a');
        out.money = *atr::Money::parse("1.50", "MNEE");
        out.purpose = what;
        return out;
    }
    atr::Result<atr::RailStatus> submit(const std::string& what) {
        return bench.await(port->submit(payment(what), "blob", {.timeout = patience}));
    }
    atr::Result<atr::RailStatus> lookup(const std::string& what) {
        return bench.await(port->lookup(payment(what), {"blob"}, "ref", {.timeout = patience}));
    }
};

}  // namespace

TEST_CASE("a table with a hole or too short is refused when the port is made", "[plugin]") {
    Bench bench;
    const auto [name, reason] = GENERATE(table<std::string, std::string>({
        {"no_parse", "atr.parser/1: the required slot 'parse' is NULL"},
        {"tiny_table", "atr.parser/1: struct_size is 8, at least 24 expected"},
    }));
    auto instance = bench.instance(name, "parser", {.name = "p"});
    CHECK(ParserPlugin::make(*instance, patience).error().message == reason);
}

TEST_CASE("a plugin that fails before its first call is refused in words", "[plugin]") {
    Bench bench;
    const auto [name, reason] = GENERATE(table<std::string, std::string>({
        {"throws_in_create", "p: the plugin threw an exception from create()"},
        {"hangs_in_create", "p: the plugin's create() has not returned within 50 ms: it hangs"},
        {"no_object", "p: the plugin's create() gave no object"},
        {"refuses_silently", "p: the plugin said rejected, and no more"},
    }));
    const bool hangs = name == "hangs_in_create";
    const InstanceSettings settings{.name = "p", .start_wait = hangs ? Millis(50) : patience};
    CHECK_THROWS_WITH(bench.instance(start_plugin(name), "parser", settings), reason);
}

TEST_CASE("a plugin without a sound table or description gets no port", "[plugin]") {
    Bench bench;
    const auto [name, reason] = GENERATE(table<std::string, std::string>({
        {"throws_in_interface", "atr.parser/1: there is no such table"},
        {"no_table", "atr.parser/1: there is no such table"},
        {"throws_in_describe", "the plugin threw: an exception of unknown type"},
        {"describes_in_latin1", "the parser's describe() lists no media_types, or not as texts"},
        {"describes_a_number", "the parser's describe() lists no media_types, or not as texts"},
        {"describes_without_end", "the parser's describe() lists no media_types, or not as texts"},
    }));
    auto instance = bench.instance(start_plugin(name), "parser", {.name = "p"});
    CHECK(ParserPlugin::make(*instance, patience).error().message == reason);
}

TEST_CASE("a parser written in C works as any other", "[plugin]") {
    Bench bench;
    auto instance = bench.instance("pure_c", "parser", {.name = "c"});
    auto port = std::move(ParserPlugin::make(*instance, patience).value());
    const auto parsed = bench.await(port->parse(document("x\ntotal 12.50\n"), {.timeout = patience}));
    REQUIRE(parsed);
    CHECK(parsed->fields.at(0).value == "12.50");
    CHECK(parsed->fields.at(0).evidence.at(0).begin == 8);
    CHECK(bench.heard.wait_for("c: created in C"));
    CHECK(bench.await(instance->health({})).outcome() == Outcome::unsupported);
}

TEST_CASE("what a parser throws or makes up as outcome reaches the caller as an error", "[plugin]") {
    HostileParser parser;
    const auto [what, outcome, message] = GENERATE(table<std::string, Outcome, std::string>({
        {"throw", Outcome::retry, "the plugin threw: boom"},
        {"throw int", Outcome::retry, "the plugin threw: an exception of unknown type"},
        {"outcome 99", Outcome::unknown, "the plugin's outcome 99 is not one of the contract's"},
        {"outcome -1", Outcome::unknown, "the plugin's outcome -1 is not one of the contract's"},
        {"silent rejection", Outcome::rejected, "the plugin said rejected, and no more"},
        {"bad error text", Outcome::retry, "the plugin said retry, and no more"},
    }));
    const auto result = parser.parse(what);
    REQUIRE(result.outcome() == outcome);
    CHECK(result.error().message == message);
    CHECK(result.error().vendor_code.size() <= 64);
}

TEST_CASE("floods from a parser are bounded", "[plugin]") {
    HostileParser parser;
    const auto fields = parser.parse("flood fields").value();
    CHECK(fields.fields.size() == ParseSink::max_fields);
    CHECK(fields.warnings.size() == 1);
    std::size_t bytes = 0;
    const auto texts = parser.parse("flood text").value();
    for (const auto& text : texts.texts) bytes += text.text.size();
    CHECK(bytes <= ParseSink::max_text_bytes);
    CHECK(parser.parse("flood warnings").value().warnings.size() == ParseSink::max_warnings);
    CHECK(parser.parse("endless model").value().model.size() == 96);
}

TEST_CASE("broken fields and evidence are left out, with a warning each; the rest stays", "[plugin]") {
    HostileParser parser;
    const auto fields = parser.parse("broken fields").value();
    REQUIRE(fields.fields.size() == 1);
    CHECK(fields.fields[0].value == "kept");
    CHECK(fields.fields[0].confidence_bp == 0);
    CHECK(fields.texts.empty());
    CHECK(fields.warnings.size() == 9);

    const auto evidence = parser.parse("broken evidence").value();
    REQUIRE(evidence.fields.size() == 4);
    CHECK(evidence.fields[0].evidence.size() == ParseSink::max_evidence);
    CHECK(evidence.fields[1].evidence.size() == 1);
    CHECK(evidence.fields[2].evidence.empty());
    CHECK(evidence.fields[3].evidence.empty());
}

TEST_CASE("broken records spoil the read, which may be repeated", "[plugin]") {
    HostileStorage storage;
    const auto what = GENERATE(as<std::string>{}, "null record", "short record", "null body", "huge body", "null index",
                               "many index", "null values", "too many", "throw");
    INFO(what);
    const auto got = storage.bench.await(storage.port->get({{"c", what}}, {.timeout = patience}));
    CHECK(got.outcome() == Outcome::retry);
    if (what == "throw") return;
    CHECK_THAT(got.error().message, Contains("the plugin's answer is malformed"));
    atr::Query query{.collection = "c", .index = what};
    query.limit = 10;
    CHECK(storage.bench.await(storage.port->query(query, {.timeout = patience})).outcome() == Outcome::retry);
}

TEST_CASE("an honest answer of the same storage is read", "[plugin]") {
    HostileStorage storage;
    CHECK(storage.bench.await(storage.port->get({{"c", "fine"}}, {.timeout = patience})).value().size() == 1);
    CHECK(storage.bench.await(storage.port->blob_put("k", "b", {.timeout = patience})).outcome() ==
          Outcome::unsupported);
    CHECK(storage.bench.await(storage.port->migrate({}, {.timeout = patience})).outcome() == Outcome::unknown);
    CHECK(storage.bench.await(storage.port->changes(5, 10, {.timeout = patience})).value().last_seq ==
          4);  // it lost one
    CHECK(storage.bench.await(storage.port->changes(7, 10, {.timeout = patience})).outcome() == Outcome::retry);
    atr::Query query{.collection = "c", .index = "huge cursor"};
    CHECK(storage.bench.await(storage.port->query(query, {.timeout = patience})).value().next_cursor.empty());
    for (const char* queue : {"short job", "null id", "too many"})
        CHECK(storage.bench.await(storage.port->lease(queue, "w", 5, Millis(5), {.timeout = patience})).outcome() ==
              Outcome::unknown);
}

TEST_CASE("a commit is believed only as far as it keeps the contract", "[plugin]") {
    HostileStorage storage;
    CHECK(storage.commit("fine").outcome == Outcome::ok);
    CHECK(storage.commit("fine").versions == std::vector<std::uint64_t>{10, 11});
    CHECK(storage.commit("too few versions").versions == std::vector<std::uint64_t>{0, 0});
    CHECK(storage.commit("nothing said").outcome == Outcome::unknown);
    CHECK(storage.commit("too many versions").outcome == Outcome::unknown);
    CHECK(storage.commit("outcome 99").outcome == Outcome::unknown);
    CHECK(storage.commit("conflict far away").outcome == Outcome::conflict);
    CHECK(storage.commit("conflict far away").conflict_op == 0);
    CHECK(storage.commit("all retry").outcome == Outcome::retry);
    CHECK(storage.commit("retry but ok").outcome == Outcome::unknown);
    CHECK(storage.commit("throw").outcome == Outcome::unknown);
}

TEST_CASE("a rail's broken answers are unknown after an effect, retry after a question", "[plugin]") {
    HostileRail rail;
    const auto what = GENERATE(as<std::string>{}, "state 0", "state 99", "throw");
    INFO(what);
    CHECK(rail.submit(what).outcome() == Outcome::unknown);
    CHECK(rail.lookup(what).outcome() == Outcome::retry);
}

TEST_CASE("a rail's outcome outside the set is unknown, also from a question", "[plugin]") {
    HostileRail rail;
    CHECK(rail.submit("outcome 99").outcome() == Outcome::unknown);
    CHECK(rail.lookup("outcome 99").outcome() == Outcome::unknown);
}

TEST_CASE("a rail's texts are bounded and checked, and never change what happened", "[plugin]") {
    HostileRail rail;
    CHECK(rail.submit("fine").value().is_final);
    CHECK_FALSE(rail.submit("final 7").value().is_final);
    const auto texts = rail.submit("bad texts").value();
    CHECK(texts.state == atr::RailState::settled);
    CHECK(texts.rail_reference.empty());
    CHECK(texts.charged_money_json.empty());
    CHECK(rail.bench.await(rail.port->prepare(rail.payment("huge blob"), {})).outcome() == Outcome::rejected);
    CHECK(rail.bench.await(rail.port->prepare(rail.payment("bad reference"), {})).outcome() == Outcome::rejected);
    CHECK(rail.bench.await(rail.port->prepare(rail.payment("throw"), {})).outcome() == Outcome::retry);
    CHECK(rail.bench.await(rail.port->cancel(rail.payment("x"), {}, {})).outcome() == Outcome::unsupported);
    CHECK(rail.bench.await(rail.port->balance({})).outcome() == Outcome::retry);
    CHECK(rail.bench.await(rail.port->statement("fine", 10, {})).value().events.size() == 1);
    for (const char* from : {"short event", "bad state", "no direction", "no id", "bad money", "too many"}) {
        INFO(from);
        CHECK(rail.bench.await(rail.port->statement(from, 10, {})).outcome() == Outcome::retry);
    }
}

TEST_CASE("what a rail says of itself must answer whether a repeat is safe", "[plugin]") {
    const auto [json, reason] = GENERATE(table<std::string, std::string>({
        {"", "is not a JSON object"},
        {"[]", "is not a JSON object"},
        {"{}", "lists no assets"},
        {R"({"assets":[{"asset":"MNEE"}]})", "has an asset without a sound name"},
        {R"({"assets":[{"asset":"MNEE","decimals":39}]})", "has an asset without a sound name"},
        {R"({"assets":[{"asset":"M","decimals":2}]})", "names no account"},
        {R"({"assets":[{"asset":"M","decimals":2}],"account":"a"})", "whether it is idempotent"},
        {R"({"assets":[{"asset":"M","decimals":2}],"account":"a","idempotent":1})", "whether it is idempotent"},
        {R"({"assets":[{"asset":"M","decimals":2}],"account":"a","idempotent":true})", "whether it is queryable"},
        {R"({"assets":[{"asset":"M","decimals":2}],"account":"a","idempotent":true,"queryable":true,
             "idempotency_window_ms":-1})",
         "idempotency_window_ms"},
    }));
    CHECK_THAT(read_rail_capabilities(json).error().message, Contains(reason));
    const auto good = read_rail_capabilities(
        R"({"assets":[{"asset":"M","decimals":2}],"account":"a","idempotent":true,"queryable":true,"cancel":true})");
    REQUIRE(good);
    CHECK(good->decimals_of("M") == 2);
    CHECK(good->cancel);
    CHECK_FALSE(good->sequenced);
}
