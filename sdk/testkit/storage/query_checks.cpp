// Queries: order, ranges, pages, snapshots, freshness.
#include <algorithm>
#include <set>
#include <thread>

#include "storage/store.hpp"
#include "storage/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;

std::string keys_of(const std::vector<atr::Record>& records) {
    std::string out;
    for (const auto& record : records) out += (out.empty() ? "" : " ") + record.key;
    return out;
}

atr::Value text(const std::string& value) {
    return atr::Value::of(value);
}
atr::Value decimal(const std::string& value) {
    return {.type = ATR_T_DEC, .text = value};
}

void by_key(Context& t) {
    Store store(t);
    for (const char* key : {"b", "a", "B", "ab", "\xC3\xA4", "a0", "z"})
        store.must(batch({put("claims", key, "{}")}), "put");
    expect_equal(keys_of(store.all({.collection = "claims"})), "B a a0 ab b z \xC3\xA4", "keys in bytewise order");
    expect_equal(keys_of(store.all({.collection = "claims", .descending = true})), "\xC3\xA4 z b ab a0 a B",
                 "descending");
    expect_equal(keys_of(store.all({.collection = "claims", .lo = text("a"), .hi = text("b")})), "a a0 ab",
                 "the half-open range [a, b)");
    expect_equal(keys_of(store.all({.collection = "claims", .lo = text("b"), .descending = true})), "\xC3\xA4 z b",
                 "from b on, descending");
    const auto empty = need(store.query({.collection = "invoices"}), "query of an empty collection");
    expect(empty.records.empty() && empty.next_cursor.empty(), "no record and no cursor", "some");
}

void by_index(Context& t) {
    Store store(t);
    const std::pair<const char*, std::pair<const char*, int>> rows[] = {
        {"k1", {"open", 10}}, {"k2", {"open", 9}},   {"k3", {"open", -1}}, {"k4", {"paid", 1}},
        {"k5", {"Open", 1}},  {"k6", {"open", 100}}, {"k7", {"open", 10}}};
    for (const auto& [key, values] : rows) store.must(batch({invoice(key, values.first, values.second)}), "put");
    const auto found = [&](atr::Query query) {
        query.index = "by_state";
        return keys_of(store.all(query));
    };
    expect_equal(found({.collection = "invoices", .eq = {text("open")}}), "k3 k2 k1 k7 k6",
                 "integers in the order of their value, then by key");
    expect_equal(found({.collection = "invoices", .eq = {text("open")}, .descending = true}), "k6 k7 k1 k2 k3",
                 "descending");
    expect_equal(
        found({.collection = "invoices", .eq = {text("open")}, .lo = atr::Value::of(9), .hi = atr::Value::of(100)}),
        "k2 k1 k7", "the half-open range [9, 100) of the next column");
    expect_equal(found({.collection = "invoices"}), "k5 k3 k2 k1 k7 k6 k4", "text bytewise: Open before open");
    expect_equal(found({.collection = "invoices", .eq = {text("open"), atr::Value::of(10)}}), "k1 k7",
                 "both columns equal");
    expect_equal(found({.collection = "invoices", .lo = text("p")}), "k4", "from p on");
    store.must(batch({invoice("k4", "open", 11), remove("k1")}), "a put that changes an index value, and a delete");
    expect_equal(found({.collection = "invoices", .eq = {text("open")}}), "k3 k2 k7 k4 k6", "the index, after both");
}

void decimals_by_value(Context& t) {
    Store store(t);
    const char* amounts[] = {"9.5", "10", "-0.01", "0.001", "123456789012345678901234567890.12345678", "-100"};
    for (const char* amount : amounts)
        store.must(batch({put("invoices", amount, R"({"amount":")" + std::string(amount) + "\"}")}), "put");
    const atr::Query all{.collection = "invoices", .index = "by_amount"};
    expect_equal(keys_of(store.all(all)), "-100 -0.01 0.001 9.5 10 123456789012345678901234567890.12345678",
                 "decimals in the order of their value");
    auto range = all;
    range.lo = decimal("0");
    range.hi = decimal("10");
    expect_equal(keys_of(store.all(range)), "0.001 9.5", "the half-open range [0, 10)");
}

void pages(Context& t) {
    Store store(t);
    std::vector<atr::Op> ops;
    std::set<std::string> keys;
    for (int i = 0; i < 100; ++i) {
        ops.push_back(invoice("k" + std::to_string(i), "s" + std::to_string(i % 3), i % 7));
        keys.insert("k" + std::to_string(i));
    }
    store.must(batch(ops), "a batch of 100 puts");
    for (const std::uint32_t limit : {1u, 7u, 50u, 100u, 101u})
        for (const std::string index : {"", "by_state"})
            for (const bool descending : {false, true}) {
                const auto found =
                    store.all({.collection = "invoices", .index = index, .descending = descending, .limit = limit});
                const std::string what =
                    "pages of " + std::to_string(limit) + (index.empty() ? " by key" : " by " + index);
                std::set<std::string> seen;
                for (const auto& record : found)
                    expect(seen.insert(record.key).second, what + ": every record once", record.key + " twice");
                expect_equal(seen.size(), keys.size(), what + ": records");
            }
    const auto last = need(store.query({.collection = "invoices", .limit = 100}), "query of exactly all");
    expect(last.next_cursor.empty(), "no cursor behind the last record", "one");
}

void snapshots(Context& t) {
    Store store(t);
    for (int i = 10; i < 40; ++i) store.must(batch({invoice("k" + std::to_string(i), "before")}), "put");
    atr::Query query{.collection = "invoices", .limit = 10, .flags = ATR_Q_SNAPSHOT};
    auto page = need(store.query(query), "first page of a snapshot");
    store.must(batch({invoice("k20", "after"), invoice("k205", "after"), remove("k39"), invoice("k10", "after")}),
               "changes");
    auto found = page.records;
    for (query.cursor = page.next_cursor; !query.cursor.empty(); query.cursor = page.next_cursor) {
        page = need(store.query(query), "next page of a snapshot");
        found.insert(found.end(), page.records.begin(), page.records.end());
    }
    expect_equal(found.size(), std::size_t{30}, "records of the snapshot");
    for (const auto& record : found)
        expect(record.body.find("before") != std::string::npos, "all pages see the moment of the first",
               record.key + " as it became later");
}

void fresh_enough(Context& t) {
    Store store(t);
    const auto done = store.must(batch({invoice("a")}), "put");
    expect_equal(need(store.get({{"invoices", "a"}}, done.commit_seq), "get with the commit's own sequence").size(),
                 std::size_t{1}, "the record");
    const auto page = need(store.query({.collection = "invoices", .min_seq = done.commit_seq}), "query");
    expect_equal(page.records.size(), std::size_t{1}, "the record");
    const std::uint64_t never = done.commit_seq + 1'000'000;
    const auto read = store.get({{"invoices", "a"}}, never);
    need_outcome(read ? Answer{.outcome = Outcome::ok} : read.error(), Outcome::retry,
                 "get that must reflect a commit this store has not reached");
    const auto queried = store.query({.collection = "invoices", .min_seq = never});
    need_outcome(queried ? Answer{.outcome = Outcome::ok} : queried.error(), Outcome::retry,
                 "query that must reflect a commit this store has not reached");
}

void refuses_nonsense(Context& t) {
    Store store(t);
    for (int i = 0; i < 5; ++i) store.must(batch({invoice("k" + std::to_string(i))}), "put");
    const auto refused = [&](atr::Query query, const std::string& what) {
        const auto page = store.query(query);
        need_outcome(page ? Answer{.outcome = Outcome::ok} : page.error(), Outcome::rejected, what);
    };
    refused({.collection = "nowhere"}, "query of an unknown collection");
    refused({.collection = "invoices", .index = "by_nothing"}, "query by an unknown index");
    refused({.collection = "invoices", .index = "by_state", .eq = {text("a"), atr::Value::of(1), text("b")}},
            "query with more equal values than columns");
    const auto good = need(store.query({.collection = "invoices", .limit = 2}), "query").next_cursor;
    for (const std::string& cursor : {std::string("x"), std::string(1000, 'A'), std::string("\xff\x00", 2), good + "x",
                                      good.substr(0, good.size() / 2), std::string("18446744073709551616")}) {
        const auto page = store.query({.collection = "invoices", .limit = 2, .cursor = cursor});
        need_outcome(page ? Answer{.outcome = Outcome::ok} : page.error(), Outcome::rejected,
                     "query with a cursor that was never given out");
    }
}

/// Records that are there all the time are seen exactly once, whatever comes and goes between the pages.
void under_churn(Context& t) {
    Store store(t);
    const int kept = t.scale(200, 1000);
    for (int from = 0; from < kept; from += 100) {
        std::vector<atr::Op> ops;
        for (int i = from; i < from + 100; ++i)
            ops.push_back(invoice("k" + std::to_string(10000 + 2 * i), "open", i % 5));
        store.must(batch(ops), "put");
    }
    std::atomic<bool> done = false;
    const int rounds = t.scale(3, 10);
    in_threads(3, [&](int thread) {
        if (thread < 2) {
            std::mt19937_64 random(t.seed + static_cast<std::uint64_t>(thread));
            while (!done) {
                const auto key = "k" + std::to_string(10000 + 2 * (random() % static_cast<unsigned>(kept)) + 1);
                store.must(random() % 2 ? batch({invoice(key, "open", static_cast<std::int64_t>(random() % 5))})
                                        : batch({remove(key)}),
                           "a put or delete between the pages");
            }
            return;
        }
        struct Stop {
            std::atomic<bool>& flag;
            ~Stop() { flag = true; }
        } stop{done};
        for (int round = 0; round < rounds; ++round)
            for (const std::string index : {"", "by_state"}) {
                std::set<std::string> seen;
                for (const auto& record : store.all({.collection = "invoices", .index = index, .limit = 17})) {
                    if ((record.key.back() - '0') % 2 != 0) continue;
                    expect(seen.insert(record.key).second, "a record that stays is seen once", record.key + " twice");
                }
                expect_equal(seen.size(), static_cast<std::size_t>(kept),
                             "records that stay, seen while others change");
            }
    });
}

}  // namespace

Checks storage_query_checks() {
    return {
        {"ATR-STORAGE-060", "By key, records come in bytewise order, both ways, in half-open ranges.",
         "Pages, ranges and followers rely on one order, on every store.",
         "The database's collation, which sorts by language, or a range that includes its end.",
         "Collate keys bytewise (COLLATE \"C\", BINARY).", by_key},
        {"ATR-STORAGE-061", "By index, records come in the order of its columns, then by key.",
         "Lists that people see are such queries.", "An index that a delete or an overwritten value leaves behind.",
         "Keep the index in step with every put and delete.", by_index},
        {"ATR-STORAGE-062", "Decimals are ordered by their value.", "\"9\" is less than \"10\".",
         "Decimals kept in a text column and sorted there.", "Not as text, not as double.", decimals_by_value},
        {"ATR-STORAGE-063", "Pages of any size give every record once, and end with an empty cursor.",
         "A record that is skipped is an invoice nobody sees.",
         "A cursor of columns without the key, where several records share the columns.",
         "Continue behind the last record by (columns, key); do not count.", pages},
        {"ATR-STORAGE-064", "With ATR_Q_SNAPSHOT all pages of a cursor see one moment.",
         "A sum over pages of different moments is the sum of nothing.", "A snapshot that ends with the call.",
         "Keep the moment with the cursor, or remember the rest.", snapshots},
        {"ATR-STORAGE-065", "An answer reflects at least min_seq; where the store is not there yet, it is RETRY.",
         "A client that has seen a payment must not be shown a moment before it.",
         "A replica, or a cached answer, that is not asked how far it is.",
         "Compare min_seq with the sequence the answer is read at.", fresh_enough},
        {"ATR-STORAGE-066", "Unknown collections, indexes and cursors are REJECTED.",
         "An empty answer would look like \"there are none\".",
         "A cursor that is unpacked unchecked, or a collection that is made by asking for it.",
         "Check a cursor before use.", refuses_nonsense},
        {.code = "ATR-STORAGE-067",
         .rule = "A record that stays is seen exactly once, whatever changes between the pages.",
         .why = "Work goes on while somebody turns pages.",
         .pitfall = "OFFSET, which skips a record whenever one before it goes.",
         .advice = "Keyset pages, no offsets.",
         .run = under_churn,
         .stage = Stage::threads},
    };
}

}  // namespace atr::testkit
