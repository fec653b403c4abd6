/// Idempotency keys, the change feed, blobs and retention.
#include <nlohmann/json.hpp>

#include "store.hpp"

namespace storage_contract {
using atr::Outcome;

SCENARIO("repeating a batch with its key returns the first result and does nothing", "[storage]") {
    Site site;
    Store store(site);
    const auto pay =
        batch({add("funds", "5"), put("claims", "a", "x"), enqueue_leased("q", "j", "w", 1000)}, "k1", "f");
    const auto first = store.commit(pay);
    REQUIRE(first.outcome == Outcome::ok);
    CHECK_FALSE(first.replayed);
    store.commit(batch({put("claims", "a", "later")}));
    const auto again = store.commit(std::vector<atr::Batch>{pay, pay});
    for (const auto& replay : again) {
        CHECK(replay.outcome == Outcome::ok);
        CHECK(replay.replayed);
        CHECK(replay.commit_seq == first.commit_seq);
        CHECK(replay.versions == first.versions);
    }
    CHECK(store.body("balances", "funds") == "5");
    CHECK(store.body("claims", "a") == "later");
    const auto other = store.commit(batch({add("funds", "5")}, "k1", "another meaning"));
    CHECK(other.outcome == Outcome::rejected);
    CHECK(other.error.code == ATR_E_IDEMPOTENCY_MISMATCH);
    const auto key = nlohmann::json::parse(store.body("atr.keys", "k1"));
    CHECK(key["fingerprint"] == "f");
    CHECK(key["commit_seq"] == first.commit_seq);
    CHECK(key["versions"] == first.versions);
}

SCENARIO("a key used twice in one group is applied once", "[storage]") {
    Site site;
    Store store(site);
    const auto pay = batch({add("funds", "5")}, "k1", "f");
    const auto results = store.commit({pay, pay, batch({add("funds", "5")}, "k1", "g")});
    CHECK_FALSE(results[0].replayed);
    CHECK(results[1].replayed);
    CHECK(results[2].error.code == ATR_E_IDEMPOTENCY_MISMATCH);
    CHECK(store.body("balances", "funds") == "5");
}

SCENARIO("only OK is remembered", "[storage]") {
    Site site;
    Store store(site);
    CHECK(store.commit(batch({add("funds", "-5", "0")}, "k1", "f")).outcome == Outcome::conflict);
    store.commit(batch({add("funds", "5")}));
    const auto later = store.commit(batch({add("funds", "-5", "0")}, "k1", "f"));
    CHECK(later.outcome == Outcome::ok);
    CHECK_FALSE(later.replayed);
}

SCENARIO("a key may be used anew once it has expired", "[storage]") {
    Site site;
    Store store(site);
    auto pay = batch({add("funds", "5")}, "k1", "f");
    pay.key_expires_unix_ms = start_ms + 100;
    store.commit(pay);
    store.now_ms += 99;
    CHECK(store.commit(pay).replayed);
    store.now_ms += 1;
    pay.fingerprint = "other";
    pay.key_expires_unix_ms = start_ms + 1000;
    CHECK_FALSE(store.commit(pay).replayed);
    CHECK(store.commit(pay).replayed);
    CHECK(store.body("balances", "funds") == "10");
}

namespace {
std::vector<std::string> places(const std::vector<atr::Record>& records) {
    std::vector<std::string> out;
    for (const auto& record : records)
        out.push_back(std::to_string(record.version) + " " + record.collection + "/" + record.key);
    return out;
}
}  // namespace

SCENARIO("the change feed tells every commit's records, in order and whole", "[storage]") {
    Site site;
    Store store(site);
    const auto empty = store.storage->changes(store.call(), 0, 100);
    REQUIRE(empty);
    CHECK(empty->records.empty());
    CHECK(empty->last_seq == 0);
    store.commit({batch({claim("a"), add("funds", "1")}), batch({claim("a")}), batch({check("claims", "a", 1)}),
                  batch({remove("claims", "a"), enqueue("q", "j")}, "key", "f")});
    const auto all = store.storage->changes(store.call(), 0, 100);
    REQUIRE(all);
    CHECK(places(all->records) ==
          std::vector<std::string>{"1 claims/a", "1 balances/funds", "3 claims/a", "3 atr.jobs/j", "3 atr.keys/key"});
    CHECK(all->last_seq == 3);
    CHECK(all->records[0].body.empty());
    const auto one = store.storage->changes(store.call(), 0, 1);
    CHECK(one->records.size() == 2);
    CHECK(one->last_seq == 1);
    CHECK(store.storage->changes(store.call(), 1, 100)->records.size() == 3);
    CHECK(store.storage->changes(store.call(), 3, 100)->records.empty());
    CHECK(store.storage->changes(store.call(), 0, 0)->last_seq == 3);
    CHECK(store.storage->changes(store.call(), 99, 100)->last_seq == 3);
}

SCENARIO("a follower that has fallen behind what is kept is told so", "[storage]") {
    Site site;
    Store store(site);
    for (const char* key : {"a", "b", "c", "d"}) {
        store.commit(batch({claim(key)}));
        store.now_ms += 10;
    }
    CHECK(store.storage->purge(store.call(), "atr.changes", start_ms + 20, 100).value() == 2);
    CHECK(store.storage->purge(store.call(), "atr.changes", start_ms + 20, 100).value() == 0);
    const auto behind = store.storage->changes(store.call(), 1, 100);
    CHECK(behind.outcome() == Outcome::not_found);
    CHECK(store.storage->changes(store.call(), 0, 0)->last_seq == 4);
    CHECK(store.storage->changes(store.call(), 2, 100)->records.size() == 2);
    CHECK(store.storage->purge(store.call(), "atr.changes", start_ms + 1000, 1).value() == 1);
}

SCENARIO("blobs are written once and read in ranges", "[storage]") {
    Site site;
    Store store(site);
    std::string bytes(300'000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7);
    auto& storage = *store.storage;
    REQUIRE(storage.blob_put(store.call(), "doc", bytes));
    CHECK(storage.blob_put(store.call(), "doc", bytes));
    CHECK(storage.blob_put(store.call(), "doc", "other").outcome() == Outcome::conflict);
    CHECK(storage.blob_put(store.call(), "empty", ""));
    const auto whole = storage.blob_get(store.call(), "doc", 0, UINT64_MAX);
    REQUIRE(whole);
    CHECK(whole->bytes == bytes);
    CHECK(whole->total == bytes.size());
    CHECK(storage.blob_get(store.call(), "doc", 1000, 5)->bytes == bytes.substr(1000, 5));
    CHECK(storage.blob_get(store.call(), "doc", bytes.size() - 2, 100)->bytes == bytes.substr(bytes.size() - 2));
    CHECK(storage.blob_get(store.call(), "doc", bytes.size() + 1, 100)->bytes.empty());
    CHECK(storage.blob_get(store.call(), "empty", 0, 10)->total == 0);
    CHECK(storage.blob_get(store.call(), "none", 0, 10).outcome() == Outcome::not_found);
}

SCENARIO("retention forgets what is old, never live jobs or keys that still count", "[storage]") {
    Site site;
    Store store(site);
    auto& storage = *store.storage;
    auto expiring = batch({claim("a")}, "short", "f");
    expiring.key_expires_unix_ms = start_ms + 5;
    auto lasting = batch({claim("b"), add("funds", "1"), enqueue("q", "j")}, "long", "f");
    lasting.key_expires_unix_ms = start_ms + 1'000'000;
    store.commit({expiring, lasting});
    REQUIRE(storage.blob_put(store.call(), "doc", "x"));
    store.now_ms += 10;
    store.commit(batch({claim("c")}));
    const auto before = storage.changes(store.call(), 0, 0)->last_seq;
    CHECK(storage.purge(store.call(), "claims", start_ms + 1, 1).value() == 1);
    CHECK(storage.purge(store.call(), "claims", start_ms + 1, 100).value() == 1);
    CHECK(storage.purge(store.call(), "claims", start_ms + 1, 100).value() == 0);
    CHECK(store.record("claims", "c").version == 1);
    CHECK(storage.purge(store.call(), "atr.keys", start_ms + 10, 100).value() == 1);
    CHECK(store.record("atr.keys", "long").version == 1);
    CHECK(storage.purge(store.call(), "atr.blobs", start_ms + 10, 100).value() == 1);
    CHECK(storage.blob_get(store.call(), "doc", 0, 1).outcome() == Outcome::not_found);
    CHECK(storage.purge(store.call(), "atr.jobs", start_ms + 10, 100).outcome() == Outcome::rejected);
    CHECK(storage.purge(store.call(), "nowhere", start_ms + 10, 100).outcome() == Outcome::rejected);
    CHECK(storage.changes(store.call(), before, 100)->records.size() == 3);
}

}  // namespace storage_contract
