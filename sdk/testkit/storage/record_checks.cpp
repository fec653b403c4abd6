// Collections and records: migrate, get, versions.
#include <nlohmann/json.hpp>
#include <set>

#include "storage/store.hpp"
#include "storage/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;

void records_are_whole(Context& t) {
    Store store(t);
    store.must(batch({invoice("a")}), "put");
    const auto seen = store.record("invoices", "a");
    expect_equal(seen.collection, "invoices", "collection");
    expect_equal(seen.key, "a", "key");
    expect(seen.updated_unix_ms > now_ms() - 3'600'000 && seen.updated_unix_ms < now_ms() + 3'600'000,
           "updated_unix_ms is the time of the commit", std::to_string(seen.updated_unix_ms));
}

void migrate_repeats(Context& t) {
    Store store(t);
    store.must(batch({invoice("a")}), "put");
    for (int i = 0; i < 3; ++i) need_ok(store.migrate(kit_schema()), "migrate() once more");
    expect(!store.body("a").empty(), "the record is still there", "it is gone");
}

void hosts_start_at_once(Context& t) {
    t.in_processes(t.scale(4, 8), [&](int) {
        Store store(t);
        return std::string();
    });
    Store store(t);
    store.must(batch({invoice("a")}), "a commit after all hosts have started");
}

void new_index_is_filled(Context& t) {
    Store store(t);
    for (int i = 0; i < 20; ++i)
        store.must(batch({put("claims", "c" + std::to_string(i), R"({"who":"w)" + std::to_string(i % 2) + "\"}")}),
                   "put");
    auto schema = kit_schema();
    schema.version = 2;
    schema.collections[1].indexes = {{"by_who", {{"/who", ATR_T_TEXT}}}};
    schema.collections.push_back({.name = "added"});
    need_ok(store.migrate(schema), "migrate() with a new index and a new collection");
    const auto found =
        store.all({.collection = "claims", .index = "by_who", .eq = {atr::Value::of(std::string("w1"))}});
    expect_equal(found.size(), std::size_t{10}, "records that were there before the index was");
    store.must(batch({put("added", "x", "{}")}), "put into the new collection");
}

void bodies_keep_their_bytes(Context& t) {
    Store store(t);
    const std::string bodies[] = {
        R"({"b":1,"a":2})",
        "{ \"a\" :  1.50 ,\n\t\"a2\" : \"\\u00e9\" }",
        R"({"a":1,"a":2})",
        "{\"text\":\"\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x92\xB6 'quoted' \\\"\\\\ %s ; -- \"}",
        R"({"n":12345678901234567890123456789012345678,"z":0.10})",
        R"({"long":")" + std::string(200'000, 'x') + "\"}",
    };
    int i = 0;
    for (const auto& body : bodies) store.must(batch({put("claims", "b" + std::to_string(i++), body)}), "put");
    i = 0;
    for (const auto& body : bodies)
        expect_equal(store.record("claims", "b" + std::to_string(i++)).body, body, "the body byte for byte");
}

void odd_keys(Context& t) {
    Store store(t);
    const std::string keys[] = {
        "a b", "A",  "a", "'; DROP TABLE invoices; --", "\xC3\xBC", "%", "_", "\\", "\"", "{}/:",
        " ",   "01", "1", std::string(255, 'k')};
    for (const auto& key : keys)
        store.must(batch({put("claims", key, "{\"k\":1}", ATR_VER_ABSENT)}), "put under '" + key + "'");
    for (const auto& key : keys) expect_equal(store.record("claims", key).key, key, "the record under its key");
    expect_equal(store.all({.collection = "claims"}).size(), std::size(keys), "records, one a key");
}

void get_skips_absent(Context& t) {
    Store store(t);
    store.must(batch({invoice("a"), invoice("c"), put("claims", "a", "{}")}), "put");
    const auto found =
        need(store.get({{"invoices", "a"}, {"invoices", "b"}, {"claims", "a"}, {"invoices", "c"}}), "get");
    std::multiset<std::string> places;
    for (const auto& record : found) places.insert(record.collection + "/" + record.key);
    expect(places == std::multiset<std::string>{"claims/a", "invoices/a", "invoices/c"},
           "claims/a, invoices/a and invoices/c, once each", std::to_string(found.size()) + " records");
}

void versions_count(Context& t) {
    Store store(t);
    for (std::uint64_t wanted = 1; wanted <= 3; ++wanted) {
        const auto done = store.must(batch({invoice("a")}), "put");
        expect(done.versions == std::vector<std::uint64_t>{wanted}, "version " + std::to_string(wanted),
               done.versions.empty() ? "none" : std::to_string(done.versions[0]));
        expect_equal(store.record("invoices", "a").version, wanted, "the version that get() gives");
    }
}

void absent_only(Context& t) {
    Store store(t);
    store.must(batch({invoice("a", "first", 1, ATR_VER_ABSENT)}), "put-if-absent of an absent record");
    need_commit(store.commit(batch({invoice("a", "second", 2, ATR_VER_ABSENT)})), Outcome::conflict,
                "put-if-absent of a record that is there");
    expect_equal(store.body("a"), invoice("a", "first").record.body, "the first one stands");
}

void expected_versions(Context& t) {
    Store store(t);
    store.must(batch({invoice("a")}), "put");
    need_commit(store.commit(batch({invoice("a", "no", 1, 2)})), Outcome::conflict, "put that expects version 2 of 1");
    need_commit(store.commit(batch({invoice("new", "no", 1, 1)})), Outcome::conflict,
                "put that expects version 1 of an absent record");
    store.must(batch({invoice("a", "yes", 1, 1)}), "put that expects version 1 of 1");
    expect_equal(store.record("invoices", "a").version, std::uint64_t{2}, "the version then");
}

void deletes(Context& t) {
    Store store(t);
    store.must(batch({invoice("a"), invoice("b")}), "put");
    need_commit(store.commit(batch({remove("a", 7)})), Outcome::conflict, "delete that expects another version");
    store.must(batch({remove("a", 1), remove("b")}), "delete");
    expect_equal(store.record("invoices", "a").version + store.record("invoices", "b").version, std::uint64_t{0},
                 "versions of deleted records");
    store.must(batch({invoice("a", "again", 1, ATR_VER_ABSENT)}), "put-if-absent after delete");
}

void checks_hold(Context& t) {
    Store store(t);
    store.must(batch({invoice("a")}), "put");
    store.must(batch({check("a", 1), check("none", ATR_VER_ABSENT), invoice("b")}), "a commit whose checks hold");
    const auto lost = store.commit(batch({invoice("c"), check("a", 2)}));
    need_commit(lost, Outcome::conflict, "a commit with a CHECK of version 2 where there is 1");
    expect_equal(lost.conflict_op, 1u, "conflict_op");
    need_commit(store.commit(batch({check("a", ATR_VER_ABSENT), invoice("c")})), Outcome::conflict,
                "a CHECK that a present record is absent");
    need_commit(store.commit(batch({check("none", 1), invoice("c")})), Outcome::conflict,
                "a CHECK of version 1 of an absent record");
    expect(store.body("c").empty(), "nothing of a commit that lost its CHECK", "a record");
}

}  // namespace

Checks storage_record_checks() {
    return {
        {"ATR-STORAGE-001", "Records come back whole, with collection, key and time.",
         "The host reads its state from records, and finds what is gone by comparing whole ones.",
         "updated_unix_ms left 0, or a member added to the header later and not filled.",
         "Fill every member of atr_record.", records_are_whole},
        {"ATR-STORAGE-002", "migrate() may be repeated, and keeps what is there.",
         "It runs at every start of every host.",
         "CREATE without IF NOT EXISTS, or a table that is dropped and made again.", "Create only what is missing.",
         migrate_repeats},
        {"ATR-STORAGE-003", "migrate() is safe when several hosts start at once.", "Hosts are restarted together.",
         "A look whether a table is there, then CREATE, without a lock.", "Take a lock in the store for it.",
         hosts_start_at_once},
        {"ATR-STORAGE-004", "A new index holds the records that were there before it.",
         "A new version of the host asks by the new index at once, and would miss all that is older.",
         "An index that only later puts fill.", "Back-fill it from the bodies, by the columns' JSON pointers.",
         new_index_is_filled},
        {"ATR-STORAGE-005", "Bodies come back byte for byte.", "Hashes and signatures are over the bytes.",
         "jsonb, which sorts members and drops white space, or a body that is parsed and written again.",
         "Keep bytes, or a type that does (json, not jsonb).", bodies_keep_their_bytes},
        {"ATR-STORAGE-006", "Any UTF-8 text is a key of its own, compared bytewise.",
         "Keys hold invoice numbers and names as vendors write them.",
         "SQL put together as text, a collation that ignores case, or keys cut at a length.",
         "Bind keys; collate them bytewise.", odd_keys},
        {"ATR-STORAGE-007", "get() gives each record that is there once, and skips absent ones.",
         "The host takes an absent key for \"there is none\", and acts on it.",
         "Collections that share their keys, or an absent key answered with an empty record.",
         "Look up the pair of collection and key.", get_skips_absent},
        {"ATR-STORAGE-008", "Versions start at 1 and grow by one with every put.",
         "Whoever changes a record says which version was read.",
         "A clock or a random number for the version, or a count that starts anew after a delete.",
         "Count in the same transaction.", versions_count},
        {"ATR-STORAGE-009", "A put that expects ATR_VER_ABSENT loses to a record that is there.",
         "It is how one of several claims an invoice: a second winner pays twice.",
         "An upsert, or a read before the insert.", "Insert, and answer CONFLICT where the key is taken.", absent_only},
        {"ATR-STORAGE-010", "A put that expects a version applies to that version only.",
         "Else the later writer wipes out what the earlier one decided.",
         "The version compared before the transaction began.", "Compare and write in one statement.",
         expected_versions},
        {"ATR-STORAGE-011", "A delete removes the version it expects, or any.",
         "A delete of what has changed meanwhile would lose the change.", "DELETE by key alone.",
         "Compare as for a put.", deletes},
        {"ATR-STORAGE-012", "A CHECK that does not hold makes its batch a CONFLICT.",
         "A payment is decided on a policy, a pause flag and a payee, which must still be the same when it is written.",
         "CHECKs that are skipped because they change nothing.",
         "Judge every CHECK inside the transaction, before it commits.", checks_hold},
    };
}

}  // namespace atr::testkit
