#include "tests/unit/copy/copy_bench.hpp"

using namespace copy_test;

SCENARIO("a copy holds all that its source held, jobs, keys, documents and versions included", "[copy]") {
    CopyBench bench;
    bench.fill();
    bench.change("claim-3", R"({"n":"changed"})");
    const auto copied = bench.copy_all();
    REQUIRE(copied);
    const StoreDigest source = bench.digest(bench.from), target = bench.digest(bench.to);
    CHECK(source.differences(target).empty());
    CHECK(source.sha256() == target.sha256());
    CHECK(copied->source.sha256() == source.sha256());
    CHECK(copied->written == source.count());
    CHECK(target.balances_out());
    std::set<std::string> names;
    for (const auto& collection : target.collections) names.insert(collection.name);
    for (const char* name : {"atr.jobs", "atr.keys", "atr.blobs", "balances", "claims", "transfers", "store"})
        CHECK(names.contains(name));
    CHECK(bench.target.last_seq() == bench.source.storage.last_seq());
    CHECK(bench.await(bench.target.get({{"claims", "claim-3"}}, {}))->front().version == 2);
}

SCENARIO("a lease that was given before the copy does not hold against one given after it", "[copy]") {
    CopyBench bench;
    bench.fill();
    REQUIRE(bench.copy_all());
    bench.source.clock.advance(10'000);
    const auto before = bench.await(bench.source.storage.lease(payments_queue, "host-1", 1, Millis{1000}, {}));
    const auto after = bench.await(bench.target.lease(payments_queue, "host-2", 1, Millis{1000}, {}));
    REQUIRE(after->size() == 1);
    CHECK(after->front().lease_token == before->front().lease_token);
    CHECK(after->front().attempt == 2);
}

SCENARIO("a finished copy is in quarantine under a life of its own, and no longer marked", "[copy]") {
    CopyBench bench;
    bench.fill();
    REQUIRE(bench.copy_all());
    CHECK_FALSE(bench.in_target<CopyMarker>(CopyMarker::key));
    const auto quarantine = bench.in_target<Quarantine>(Quarantine::key);
    REQUIRE(quarantine);
    CHECK(quarantine->active);
    CHECK(quarantine->life == "life-2");
    CHECK(quarantine->reason == "copied in a test");
    CHECK_FALSE(bench.await(bench.source.store.find<Quarantine>(Quarantine::key))->has_value());
}

SCENARIO("a copy that is cut off anywhere and repeated ends as if it never had been", "[copy]") {
    CopyBench whole;
    whole.fill(2500);
    REQUIRE(whole.copy_all());
    const auto expected = whole.digest(whole.to).sha256();
    REQUIRE(whole.target_port.imports() > 5);
    for (std::size_t imports = 0; imports < whole.target_port.imports(); ++imports) {
        CopyBench bench;
        bench.fill(2500);
        bench.target_port.die_after_imports(imports);
        REQUIRE_FALSE(bench.copy_all());
        bench.target_port.die_after_imports(std::nullopt);
        if (imports > 0) {
            CHECK(bench.in_target<CopyMarker>(CopyMarker::key));
            CHECK_FALSE(bench.in_target<Quarantine>(Quarantine::key));
        }
        const auto copied = bench.copy_all();
        REQUIRE(copied);
        CHECK(copied->resumed == (imports > 0));
        CHECK(bench.digest(bench.to).sha256() == expected);
        CHECK(copied->source.sha256() == expected);
    }
}

SCENARIO("a resumed copy is equal to the source as it is by then", "[copy]") {
    CopyBench bench;
    bench.fill(2500);
    bench.target_port.die_after_imports(9);
    REQUIRE_FALSE(bench.copy_all());
    bench.target_port.die_after_imports(std::nullopt);
    for (int i = 0; i < 2500; i += 3) bench.remove("claim-" + std::to_string(i));
    for (int i = 1; i < 2500; i += 3) bench.change("claim-" + std::to_string(i), R"({"n":"later"})");
    bench.change("claim-new", R"({"n":"new"})");
    const auto copied = bench.copy_all();
    REQUIRE(copied);
    CHECK(copied->resumed);
    CHECK(copied->removed > 0);
    CHECK(bench.digest(bench.from).differences(bench.digest(bench.to)).empty());
    bench.target_port.die_after_imports(0);
    CHECK_FALSE(bench.copy_all());
}

SCENARIO("of two copies into one target the later goes on, and nothing the earlier still writes is taken", "[copy]") {
    CopyBench bench;
    bench.fill(2500);
    bool later_ended = false;
    const bool to_its_end = GENERATE(true, false);
    treasurer::copy::CopyPlan earlier = bench.plan();
    earlier.life = "earlier";
    std::string books;
    earlier.tell = [&](const treasurer::copy::Progress& progress) {
        if (later_ended || progress.written == 0) return;
        later_ended = true;
        auto records = *bench.await(SnapshotSource::open(bench.from));
        StoreCopier later(records, bench.target, bench.to, bench.plan());
        REQUIRE(bench.await(later.fill()));
        if (to_its_end) REQUIRE(bench.await(later.finish()));
        books = bench.digest(bench.to, true).sha256();
    };
    auto records = *bench.await(SnapshotSource::open(bench.from));
    StoreCopier copier(records, bench.target, bench.to, earlier);
    const auto filled = bench.await(copier.fill());
    REQUIRE(later_ended);
    REQUIRE_FALSE(filled);
    CHECK(filled.error().message.find("this one is refused") != std::string::npos);
    CHECK(bench.digest(bench.to, true).sha256() == books);
    CHECK(bench.in_target<Quarantine>(Quarantine::key).has_value() == to_its_end);
    CHECK_FALSE(bench.await(copier.finish()));
}

SCENARIO("only an empty target, or an unfinished copy of the same books, is written to", "[copy]") {
    CopyBench bench;
    bench.fill();
    GIVEN("a target in which a host has served") {
        REQUIRE(bench.copy_all());
        const auto again = bench.copy_all();
        REQUIRE_FALSE(again);
        CHECK(again.error().message.find("the target is not empty") != std::string::npos);
    }
    GIVEN("an unfinished copy of other books") {
        bench.target_port.die_after_imports(3);
        REQUIRE_FALSE(bench.copy_all());
        bench.target_port.die_after_imports(std::nullopt);
        UnitOfWork unit = bench.source.store.begin();
        unit.put(store_collection, StoreIdentity::key, R"({"id":"identity","store_id":"books-2","made_ms":0})", {},
                 ATR_VER_ANY, "record");
        bench.commit(std::move(unit));
        const auto again = bench.copy_all();
        REQUIRE_FALSE(again);
        CHECK(again.error().message.find("an unfinished copy of other books") != std::string::npos);
        THEN("it is no source either") {
            const auto opened = bench.await(SnapshotSource::open(bench.to));
            REQUIRE_FALSE(opened);
            CHECK(opened.error().message.find("never finished") != std::string::npos);
        }
    }
}

SCENARIO("the hash tells every difference of content, and none of form", "[copy]") {
    const auto hash = [](const std::string& collection, std::vector<atr::Record> records) {
        treasurer::copy::DigestBuilder digest;
        digest.begin(collection);
        for (auto& record : records) {
            record.collection = collection;
            digest.add(record);
        }
        digest.end();
        return digest.finish().sha256();
    };
    const atr::Record one{.collection = "", .key = "k", .version = 1, .updated_unix_ms = 7, .body = R"({"a":1})"};
    const auto changed = [&](auto change) {
        atr::Record other = one;
        change(other);
        return hash("claims", {other});
    };
    const auto as_is = hash("claims", {one});
    CHECK(as_is == hash("claims", {one}));
    CHECK(as_is != changed([](auto& record) { record.key = "K"; }));
    CHECK(as_is != changed([](auto& record) { record.version = 2; }));
    CHECK(as_is != changed([](auto& record) { record.updated_unix_ms = 8; }));
    CHECK(as_is != changed([](auto& record) { record.body = R"({"a": 1})"; }));
    CHECK(as_is != hash("vendors", {one}));
    CHECK(as_is != hash("claims", {}));
    const atr::Record form_1{.collection = "", .key = "k", .version = 1, .body = R"({"attempt":1,"queue":"q"})"};
    const atr::Record form_2{.collection = "", .key = "k", .version = 1, .body = R"({ "queue": "q", "attempt": 1 })"};
    CHECK(hash("atr.jobs", {form_1}) == hash("atr.jobs", {form_2}));
    const atr::Record own{.collection = "", .key = Quarantine::key, .version = 1, .body = "{}"};
    CHECK(hash(store_collection, {own}) == hash(store_collection, {}));
}
