#include <atr/storage_copy.hpp>
#include <nlohmann/json.hpp>

#include "tests/contract/storage/store.hpp"

using namespace storage_contract;

namespace {

/// The optional interface of a plugin that has it; all of ours do.
atr::StorageCopy& copies(atr::Storage& storage) {
    return dynamic_cast<atr::StorageCopy&>(storage);
}
atr::StorageCopy& copies(const Store& store) {
    return copies(*store.storage);
}

std::vector<atr::Record> read_all(Store& store, std::uint64_t snapshot, const std::string& collection,
                                  std::uint32_t limit = 2) {
    std::vector<atr::Record> out;
    for (;;) {
        const auto page =
            copies(store).read_snapshot(store.call(), snapshot, collection, out.empty() ? "" : out.back().key, limit);
        REQUIRE(page);
        if (page->empty()) return out;
        out.insert(out.end(), page->begin(), page->end());
    }
}

bool equal(const std::vector<atr::Record>& a, const std::vector<atr::Record>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.collection == y.collection && x.key == y.key && x.version == y.version &&
               x.updated_unix_ms == y.updated_unix_ms && x.body == y.body;
    });
}

atr::Record record(std::string collection, std::string key, std::string body) {
    return {.collection = std::move(collection),
            .key = std::move(key),
            .version = 7,
            .updated_unix_ms = 123,
            .body = std::move(body)};
}

}  // namespace

SCENARIO("everything of a store can be read at one moment, and written into another as it stands", "[copies]") {
    Site here, there_;
    Store from(here), to(there_);
    REQUIRE(from.commit(batch({invoice("i-1", "open", 5), claim("c-1", std::string("\x00\xff", 2)), add("a", "17")},
                              "key-1", "print"))
                .outcome == atr::Outcome::ok);
    from.now_ms += 1000;
    REQUIRE(from.commit(batch({invoice("i-1", "paid", 6), enqueue("q", "j-free", std::string("\xff\x00", 2)),
                               enqueue_leased("q", "j-leased", "host-1", 5000)}))
                .outcome == atr::Outcome::ok);
    REQUIRE(from.storage->blob_put(from.call(), "b-1", std::string("\x00\x01", 2)));

    const auto opened = copies(from).open_snapshot(from.call());
    REQUIRE(opened);
    CHECK(opened->state.commit_seq == 2);
    const auto leased = from.record("atr.jobs", "j-leased").body;
    const auto token = nlohmann::json::parse(leased).at("lease_token").get<std::uint64_t>();
    CHECK(opened->state.lease_token >= token);
    CHECK(opened->state.schema_version == 1);
    CHECK(std::set<std::string>(opened->collections.begin(), opened->collections.end()) ==
          std::set<std::string>{"atr.blobs", "atr.jobs", "atr.keys", "balances", "claims", "invoices"});

    atr::Import import;
    for (const auto& collection : opened->collections)
        for (auto& one : read_all(from, opened->id, collection)) import.records.push_back(std::move(one));
    import.state = opened->state;
    REQUIRE(copies(to).import_records(to.call(), import));
    REQUIRE(copies(to).import_records(to.call(), import));  // safe to repeat
    const auto there = copies(to).open_snapshot(to.call());
    REQUIRE(there);
    CHECK(there->state == opened->state);
    for (const auto& collection : opened->collections)
        CHECK(equal(read_all(from, opened->id, collection), read_all(to, there->id, collection)));
    REQUIRE(copies(from).close_snapshot(from.call(), opened->id));
    REQUIRE(copies(to).close_snapshot(to.call(), there->id));

    THEN("the copy goes on where its source stood") {
        CHECK(to.record("invoices", "i-1").version == 2);
        atr::Query by_state{.collection = "invoices", .index = "by_state", .eq = {atr::Value::of("paid")}};
        CHECK(to.storage->query(to.call(), by_state)->records.size() == 1);
        const auto repeated = to.commit(batch({claim("c-1")}, "key-1", "print"));
        CHECK(repeated.replayed);
        CHECK(repeated.commit_seq == 1);
        CHECK(to.commit(batch({job_done("j-leased", token)})).outcome == atr::Outcome::ok);
        CHECK(to.commit(batch({add("a", "1")})).commit_seq == 4);
        CHECK(to.body("balances", "a") == "18");
        to.now_ms += 1000;
        const auto fresh = to.storage->lease(to.call(), "q", "host-2", 5, 5000);
        REQUIRE(fresh);
        REQUIRE(fresh->size() == 1);
        CHECK(fresh->front().lease_token > opened->state.lease_token);
        CHECK(fresh->front().body == std::string("\xff\x00", 2));
        CHECK(to.storage->blob_get(to.call(), "b-1", 0, 9)->bytes == std::string("\x00\x01", 2));
    }
    THEN("who follows its changes is told to read anew, and then sees what comes") {
        CHECK(to.storage->changes(to.call(), 1, 10).outcome() == atr::Outcome::not_found);
        REQUIRE(to.commit(batch({claim("c-2")})).commit_seq == 3);
        const auto changes = to.storage->changes(to.call(), 2, 10);
        REQUIRE(changes);
        CHECK(changes->records.size() == 1);
    }
}

SCENARIO("a snapshot shows one moment in all collections while others write", "[copies]") {
    Site site;
    Store store(site);
    REQUIRE(store.commit(batch({claim("c-1"), invoice("i-1", "open", 1)})).outcome == atr::Outcome::ok);
    const auto opened = copies(store).open_snapshot(store.call());
    REQUIRE(opened);
    REQUIRE(store.commit(batch({claim("c-2"), remove("invoices", "i-1")})).outcome == atr::Outcome::ok);
    CHECK(read_all(store, opened->id, "claims").size() == 1);
    CHECK(read_all(store, opened->id, "invoices").size() == 1);
    REQUIRE(copies(store).close_snapshot(store.call(), opened->id));
    CHECK(copies(store).read_snapshot(store.call(), opened->id, "claims", "", 5).outcome() == atr::Outcome::rejected);
}

SCENARIO("an import with one record that cannot be written leaves no trace", "[copies]") {
    Site site;
    Store store(site);
    const auto refused = [&](atr::Record bad) {
        atr::Import import;
        import.records = {record("claims", "c-1", "{}"), std::move(bad)};
        import.state = {.schema_version = 1, .commit_seq = 900, .lease_token = 900};
        const auto done = copies(store).import_records(store.call(), import);
        CHECK(done.outcome() == atr::Outcome::rejected);
        CHECK(store.record("claims", "c-1").key.empty());
        CHECK(copies(store).open_snapshot(store.call())->state.commit_seq == 0);
    };
    refused(record("nowhere", "k", "{}"));
    refused(record("balances", "k", "12.5"));
    refused(record("atr.jobs", "k", "{}"));
    refused(record("atr.jobs", "k",
                   R"({"queue":"q","run_at_unix_ms":0,"attempt":0,"lease_token":null,"body_base64":"="})"));
    refused(record("atr.keys", "k", "not json"));
    refused(record("claims", "", "{}"));
}

SCENARIO("pages of large records end early, and none is left out", "[copies]") {
    Site site;
    Store store(site);
    const std::string large(3 << 20, 'x');
    for (int i = 0; i < 4; ++i)
        REQUIRE(store.commit(batch({claim("c-" + std::to_string(i), large)})).outcome == atr::Outcome::ok);
    const auto opened = copies(store).open_snapshot(store.call());
    REQUIRE(opened);
    CHECK(copies(store).read_snapshot(store.call(), opened->id, "claims", "", 100)->size() < 4);
    CHECK(read_all(store, opened->id, "claims", 100).size() == 4);
    REQUIRE(copies(store).close_snapshot(store.call(), opened->id));
}

SCENARIO("a store that was never migrated has no collections, and takes no records", "[copies]") {
    Site site;
    site.set_clock(start_ms);
    const auto storage = site.open();
    atr_call raw = support::make_call(start_ms, 60'000);
    const auto opened = copies(*storage).open_snapshot(atr::Call(&raw));
    REQUIRE(opened);
    CHECK(opened->state.schema_version == 0);
    CHECK(opened->collections.empty());
    atr::Import import;
    import.records = {record("claims", "c-1", "{}")};
    CHECK(copies(*storage).import_records(atr::Call(&raw), import).outcome() == atr::Outcome::rejected);
}
