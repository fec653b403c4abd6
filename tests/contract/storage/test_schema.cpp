/// Migration: repeatable, grows with the schema, back-fills, refuses what it cannot do.
#include <thread>

#include "store.hpp"

namespace storage_contract {
using atr::Outcome;
using atr::Value;

namespace {
atr::Schema with_index(atr::Schema schema, atr::IndexDef index) {
    ++schema.version;
    schema.collections.front().indexes.push_back(std::move(index));
    return schema;
}
std::vector<std::string> keys_by(Store& store, const std::string& index, std::vector<Value> eq = {}) {
    const auto page = store.storage->query(
        store.call(), {.collection = "invoices", .index = index, .eq = std::move(eq), .limit = 1000});
    if (!page) throw std::runtime_error(page.error().message);
    std::vector<std::string> out;
    for (const auto& record : page->records) out.push_back(record.key);
    return out;
}
using Keys = std::vector<std::string>;
}  // namespace

SCENARIO("migrating again changes nothing", "[storage]") {
    Site site;
    Store store(site);
    store.commit(batch({claim("a")}));
    for (int i = 0; i < 3; ++i) REQUIRE(store.storage->migrate(store.call(), test_schema()));
    CHECK(store.record("claims", "a").version == 1);
}

SCENARIO("a new index is filled from the bodies that are there", "[storage]") {
    Site site;
    {
        Store store(site);
        std::vector<atr::Op> ops;
        for (int i = 0; i < 300; ++i)
            ops.push_back(put("invoices", "k" + std::to_string(1000 + i),
                              R"({"vendor":{"id":"v)" + std::to_string(i % 3) + R"("},"due":)" + std::to_string(i) +
                                  R"(,"open":)" + (i % 2 ? "true" : "false") + "}"));
        ops.push_back(put("invoices", "odd", "not json"));
        ops.push_back(put("invoices", "nul", std::string("{\"vendor\":\0", 11)));
        REQUIRE(store.commit(batch(ops)).outcome == Outcome::ok);
    }
    const auto schema = with_index(test_schema(), {"by_vendor", {{"/vendor/id", ATR_T_TEXT}, {"/due", ATR_T_INT}}});
    Store store(site, with_index(schema, {"by_open", {{"/open", ATR_T_BOOL}}}));
    const auto found = keys_by(store, "by_vendor", {Value::of("v1")});
    REQUIRE(found.size() == 100);
    CHECK(found.front() == "k1001");
    CHECK(keys_by(store, "by_open", {{.type = ATR_T_BOOL, .integer = 1}}).size() == 150);
    CHECK(keys_by(store, "by_vendor").size() == 300);
    CHECK(store.record("invoices", "odd").body == "not json");
    THEN("an index that the schema no longer has goes, with its columns, and may come back") {
        atr::Schema without = test_schema();
        without.version = 4;
        REQUIRE(store.storage->migrate(store.call(), without));
        CHECK(store.storage->query(store.call(), {.collection = "invoices", .index = "by_vendor"}).outcome() ==
              Outcome::rejected);
        REQUIRE(store.commit(batch({put("invoices", "k1001", R"({"vendor":{"id":"v2"},"due":1})")})).outcome ==
                Outcome::ok);
        atr::Schema back = schema;
        back.version = 5;
        REQUIRE(store.storage->migrate(store.call(), back));
        CHECK(keys_by(store, "by_vendor", {Value::of("v1")}).size() == 99);
    }
    THEN("an index that changed is made anew") {
        atr::Schema changed = test_schema();
        changed.version = 4;
        changed.collections.front().indexes[0].columns = {{"/due", ATR_T_INT}};
        REQUIRE(store.storage->migrate(store.call(), changed));
        CHECK(keys_by(store, "by_state", {Value::of(7)}) == Keys{"k1007"});
    }
}

SCENARIO("an index over values that repeat cannot become unique, and nothing changes", "[storage]") {
    Site site;
    Store store(site);
    store.commit(batch({invoice("a", "paid", 1), invoice("b", "paid", 2)}));
    auto schema = with_index(test_schema(), {"one_a_state", {{"/state", ATR_T_TEXT}}, true});
    schema.collections.push_back({.name = "more"});
    const auto refused = store.storage->migrate(store.call(), schema);
    REQUIRE(refused.outcome() == Outcome::rejected);
    CHECK(refused.error().message ==
          "collection 'invoices': index 'one_a_state' cannot be unique, records already there share a value");
    CHECK(store.storage->get(store.call(), {{"more", "a"}}, 0, 0).outcome() == Outcome::rejected);
    CHECK(store.commit(batch({claim("works still")})).outcome == Outcome::ok);
    REQUIRE(store.commit(batch({remove("invoices", "b")})).outcome == Outcome::ok);
    CHECK(store.storage->migrate(store.call(), schema));
    CHECK(store.commit(batch({invoice("b", "paid", 2)})).error.code == ATR_E_DUPLICATE);
}

SCENARIO("a database of a newer program is refused, untouched", "[storage]") {
    Site site;
    atr::Schema newer = test_schema();
    newer.version = 7;
    Store store(site, newer);
    const auto old = site.open();
    const auto refused = old->migrate(store.call(), test_schema());
    REQUIRE(refused.outcome() == Outcome::rejected);
    CHECK(refused.error().code == ATR_E_CONFIG);
    CHECK(refused.error().message.find(" has schema version 7, this program knows version 1: start the newer "
                                       "program, or restore a backup made before it ran") != std::string::npos);
}

SCENARIO("a host that is older than a migration beside it keeps writing right", "[storage]") {
    Site site;
    Store older(site);
    older.commit(batch({put("invoices", "a", R"({"vendor":"v"})")}));
    Store newer(site, with_index(test_schema(), {"by_vendor", {{"/vendor", ATR_T_TEXT}}}));
    atr::Op op = put("invoices", "b", R"({"vendor":"v"})");
    op.record.index = {{"by_state", {Value::of("paid"), Value::of(1)}}};
    REQUIRE(older.commit(batch({op})).outcome == Outcome::ok);
    CHECK(keys_by(newer, "by_vendor", {Value::of("v")}) == Keys{"a", "b"});
    CHECK(keys_by(newer, "by_state", {Value::of("paid")}) == Keys{"b"});
}

SCENARIO("several hosts may start and migrate at once", "[storage]") {
    Site site;
    std::vector<std::string> errors(6);
    std::vector<std::thread> threads;
    for (auto& error : errors)
        threads.emplace_back([&] {
            const auto host = site.open();
            auto raw = support::make_call();
            if (auto done = host->migrate(atr::Call(&raw), test_schema()); !done) error = done.error().message;
        });
    for (auto& thread : threads) thread.join();
    for (const auto& error : errors) CHECK(error == "");
    Store store(site);
    CHECK(store.commit(batch({invoice("a", "paid", 1)})).outcome == Outcome::ok);
    CHECK(keys_by(store, "by_state") == Keys{"a"});
}

SCENARIO("a schema that cannot be is refused by name", "[storage]") {
    Site site;
    Store store(site);
    struct Case {
        std::vector<atr::CollectionDef> collections;
        std::string says;
    };
    const atr::IndexColumn good{"/a", ATR_T_TEXT};
    const std::vector<Case> cases = {
        {{{.name = "a b"}}, "collection 'a b': a name is 1 to 64"},
        {{{.name = "atr.jobs"}}, "collection 'atr.jobs': a name is"},
        {{{.name = "x\";DROP TABLE claims;--"}}, "a name is"},
        {{{.name = "a"}, {.name = "A"}}, "collection 'A' is declared twice"},
        {{{.name = "CLAIMS"}}, "collection 'CLAIMS': the database has 'claims', which differs in case"},
        {{{.name = "claims", .counter = true}}, "collection 'claims': the database has 'claims', which differs"},
        {{{.name = "a", .indexes = {{"i", {good}}, {"i", {good}}}}}, "collection 'a': index 'i' is declared twice"},
        {{{.name = "a", .indexes = {{"i", {}}}}}, "collection 'a', index 'i': an index has 1 to 16 columns"},
        {{{.name = "a", .indexes = {{"i", {{"a", ATR_T_TEXT}}}}}},
         "collection 'a', index 'i': 'a' is not a JSON pointer"},
        {{{.name = "a", .indexes = {{"i", {{"/a", 9}}}}}}, "collection 'a', index 'i': unknown column type 9"},
        {{{.name = "a", .indexes = {{"i", {good}}}, .counter = true}},
         "collection 'a', index 'i': a COUNTER collection has no indexes"},
    };
    for (const auto& one : cases) {
        const auto refused = store.storage->migrate(store.call(), {.version = 1, .collections = one.collections});
        REQUIRE(refused.outcome() == Outcome::rejected);
        CHECK(refused.error().message.find(one.says) != std::string::npos);
    }
    CHECK(store.storage->migrate(store.call(), {.version = 0, .collections = {}}).outcome() == Outcome::rejected);
}

SCENARIO("columns whose names would clash are kept apart", "[storage]") {
    Site site;
    atr::Schema schema = {.version = 1,
                          .collections = {{.name = "invoices",
                                           .indexes = {{"i1", {{"/a/b", ATR_T_TEXT}}},
                                                       {"i2", {{"/a_b", ATR_T_TEXT}}},
                                                       {"i3", {{"/A/B", ATR_T_DEC}}},
                                                       {"i4", {{"/key", ATR_T_TEXT}}},
                                                       {"i5", {{"/1/\"'x", ATR_T_INT}, {"/select", ATR_T_TEXT}}}}}}};
    Store store(site, schema);
    REQUIRE(
        store.commit(batch({put("invoices", "x", R"({"a":{"b":"1"},"a_b":"2","A":{"B":"3"},"key":"4"})")})).outcome ==
        Outcome::ok);
    CHECK(keys_by(store, "i1", {Value::of("1")}) == Keys{"x"});
    CHECK(keys_by(store, "i2", {Value::of("2")}) == Keys{"x"});
    CHECK(keys_by(store, "i3", {{.type = ATR_T_DEC, .text = "3.0"}}) == Keys{"x"});
    CHECK(keys_by(store, "i4", {Value::of("4")}) == Keys{"x"});
}

SCENARIO("a store without a schema says so", "[storage]") {
    Site site;
    const auto store = site.open();
    auto raw = support::make_call();
    const atr::Call call(&raw);
    CHECK(store->get(call, {{"claims", "a"}}, 0, 0).error().message == "unknown collection 'claims'");
    CHECK(store->lease(call, "q", "w", 1, 1000).error().message == "the store has no schema yet: migrate first");
    CHECK(store->blob_put(call, "k", "x").outcome() == Outcome::rejected);
    CHECK(store->changes(call, 0, 1).outcome() == Outcome::rejected);
    std::vector<atr::Batch> batches = {batch({enqueue("q", "j")}), batch({})};
    std::vector<atr::Commit> results(2);
    REQUIRE(store->commit(call, batches, results));
    CHECK(results[0].error.message == "the store has no schema yet: migrate first");
    CHECK(results[1].outcome == Outcome::rejected);
    CHECK(store->health(call));
}

}  // namespace storage_contract
