/// Loads one plugin as the host does, with its tables normalised and its ports made, and makes the first calls of each
/// kind. For plugins that were built with another header or by another compiler.
///
///     host_calls FILE.so KIND
#include <iostream>

#include "plugin/cache_plugin.hpp"
#include "plugin/parser_plugin.hpp"
#include "plugin/rail_plugin.hpp"
#include "plugin/storage_plugin.hpp"
#include "tests/unit/plugin/bench.hpp"

namespace {

using namespace plugin_test;

constexpr Millis patience{60'000};
const CallOptions options{.timeout = patience};

void expect(bool holds, const std::string& what) {
    if (!holds) throw std::runtime_error("expected " + what);
}

template <class T>
T take(atr::Result<T> result, const std::string& what) {
    expect(result.outcome() == atr::Outcome::ok, what + (result ? "" : ": " + result.error().message));
    return std::move(result.value());
}

void use_storage(Bench& bench, PluginInstance& instance) {
    const auto storage = take(StoragePlugin::make(instance), "a storage port");
    const atr::Schema schema{.version = 1, .collections = {{.name = "things"}}};
    expect(bench.await(storage->migrate(schema, options)).outcome() == atr::Outcome::ok, "migrate to be ok");
    std::vector<atr::Batch> batches(1);
    batches[0].ops.resize(1);
    batches[0].ops[0].expect_version = ATR_VER_ABSENT;
    batches[0].ops[0].record = {.collection = "things", .key = "one", .body = "{}"};
    const auto commits = bench.await(storage->commit(batches, options));
    expect(commits.at(0).outcome == atr::Outcome::ok, "the batch to be ok: " + commits.at(0).error.message);
    const auto read = take(bench.await(storage->get({{"things", "one"}}, options)), "get to be ok");
    expect(read.size() == 1 && read[0].body == "{}" && read[0].version == 1, "the record that was put");
}

void use_cache(Bench& bench, PluginInstance& instance) {
    const auto cache = take(CachePlugin::make(instance), "a cache port");
    expect(bench.await(cache->set("key", "value", 1, patience, 0, options)).outcome() == atr::Outcome::ok,
           "set to be ok");
    expect(take(bench.await(cache->get("key", options)), "get to be ok").value == "value", "the value that was set");
}

void use_rail(Bench& bench, PluginInstance& instance) {
    const auto rail = take(RailPlugin::make(instance, patience), "a rail port");
    atr::RailPayment payment;
    payment.payment_id = std::string(31, '0') + "7";
    payment.source_account = rail->capabilities().account;
    payment.creditor_json = R"({"name":"Acme","address":"acme-1"})";
    payment.money = *atr::Money::parse("1.25", rail->capabilities().assets.at(0).asset);
    payment.fee_max = *atr::Money::parse("1", rail->capabilities().assets.at(0).asset);
    const auto prepared = take(bench.await(rail->prepare(payment, options)), "prepare to be ok");
    const auto sent = take(bench.await(rail->submit(payment, prepared.blob, options)), "submit to be ok");
    expect(sent.state == atr::RailState::settled, "a settled payment");
    const auto found = bench.await(rail->lookup(payment, {prepared.blob}, sent.rail_reference, options));
    expect(take(found, "lookup to be ok").is_final, "a final answer");
    take(bench.await(rail->balance(options)), "balance to be ok");
}

void use_parser(Bench& bench, PluginInstance& instance) {
    const auto parser = take(ParserPlugin::make(instance, patience), "a parser port");
    const auto text = "INVOICE\nSeller: Acme Hosting\nNumber: A-17\nDate: 2026-03-02\nAmount: 12.50\nCurrency: EUR\n";
    const auto parsed = take(bench.await(parser->parse(document(text), options)), "parse to be ok");
    expect(!parsed.fields.empty() && parsed.warnings.empty(), "fields, and no warning of the host");
}

void use(const std::string& file, const std::string& kind) {
    const std::pair<const char*, void (*)(Bench&, PluginInstance&)> kinds[] = {
        {"storage", use_storage}, {"cache", use_cache}, {"rail", use_rail}, {"parser", use_parser}};
    Bench bench;
    const std::string config =
        kind == "storage" || kind == "rail" ? R"({"path":")" + bench.path("data") + R"("})" : std::string("{}");
    const auto instance = bench.instance(file, kind, {.name = kind, .config_json = config});
    expect(instance->find_interface("atr.unheard_of/1") == nullptr, "no table for an unknown id");
    for (const auto& [known, calls] : kinds)
        if (known == kind) calls(bench, *instance);
    std::cout << file << ": used by the host as its " << kind << ", built with " << instance->snapshot().sdk << '\n';
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "host_calls FILE.so storage|cache|rail|parser\n";
        return 2;
    }
    try {
        use(argv[1], argv[2]);
    } catch (const std::exception& error) {
        std::cerr << "host_calls: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
