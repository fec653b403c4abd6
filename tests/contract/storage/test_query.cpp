/// Keyset pages: order, ranges, ties, churn between pages, cursors.
#include <algorithm>
#include <set>

#include "store.hpp"

namespace storage_contract {
using atr::Outcome;
using atr::Value;

namespace {
Value decimal(const std::string& text) {
    return {.type = ATR_T_DEC, .text = text};
}
/// All keys of a query, page by page.
std::vector<std::string> all_keys(Store& store, atr::Query query) {
    std::vector<std::string> out;
    for (;;) {
        const auto page = store.storage->query(store.call(), query);
        if (!page) throw std::runtime_error(page.error().message);
        if (page->records.size() > query.limit) throw std::runtime_error("a page over its limit");
        for (const auto& record : page->records) out.push_back(record.key);
        if (page->next_cursor.empty()) return out;
        query.cursor = page->next_cursor;
    }
}
using Keys = std::vector<std::string>;
}  // namespace

SCENARIO("pages follow an index in both directions, ties by key", "[storage]") {
    Site site;
    Store store(site);
    store.commit(batch({invoice("e", "paid", 1), invoice("b", "paid", 2), invoice("d", "paid", 2),
                        invoice("a", "paid", 2), invoice("c", "paid", 3), invoice("x", "held", 2)}));
    for (std::uint32_t limit : {1u, 2u, 3u, 5u, 6u}) {
        atr::Query query{.collection = "invoices", .index = "by_state", .eq = {Value::of("paid")}, .limit = limit};
        CHECK(all_keys(store, query) == Keys{"e", "a", "b", "d", "c"});
        query.descending = true;
        CHECK(all_keys(store, query) == Keys{"c", "d", "b", "a", "e"});
        query.lo = Value::of(2);
        CHECK(all_keys(store, query) == Keys{"c", "d", "b", "a"});
        query.hi = Value::of(3);
        CHECK(all_keys(store, query) == Keys{"d", "b", "a"});
        query.descending = false;
        CHECK(all_keys(store, query) == Keys{"a", "b", "d"});
        query.eq.push_back(Value::of(2));
        query.lo = Value::of("b");
        query.hi = Value{};
        CHECK(all_keys(store, query) == Keys{"b", "d"});
        CHECK(all_keys(store, {.collection = "invoices", .index = "by_state", .limit = limit}) ==
              Keys{"x", "e", "a", "b", "d", "c"});
        CHECK(all_keys(store, {.collection = "invoices", .index = "by_state", .descending = true, .limit = limit}) ==
              Keys{"c", "d", "b", "a", "e", "x"});
        CHECK(all_keys(store, {.collection = "invoices", .lo = Value::of("b"), .hi = Value::of("e"), .limit = limit}) ==
              Keys{"b", "c", "d"});
        CHECK(all_keys(store, {.collection = "invoices", .descending = true, .limit = limit}) ==
              Keys{"x", "e", "d", "c", "b", "a"});
    }
}

SCENARIO("a record that lacks a value is not in that index", "[storage]") {
    Site site;
    Store store(site);
    store.commit(batch({invoice("a", "paid", 1), put("invoices", "b", R"({"state":"paid"})"),
                        put("invoices", "c", R"({"at":1})"), put("invoices", "d", "not json"),
                        put("invoices", "e", R"({"state":7,"at":"x","amount":true})")}));
    CHECK(all_keys(store, {.collection = "invoices", .index = "by_state"}) == Keys{"a"});
    CHECK(all_keys(store, {.collection = "invoices", .index = "by_amount"}) == Keys{"a"});
    CHECK(all_keys(store, {.collection = "invoices"}).size() == 5);
    THEN("it enters when it gets one, and leaves when it loses it") {
        store.commit(batch({invoice("b", "paid", 0), put("invoices", "a", "{}")}));
        CHECK(all_keys(store, {.collection = "invoices", .index = "by_state"}) == Keys{"b"});
    }
}

SCENARIO("values that come with the record are taken, the rest is read from the body", "[storage]") {
    Site site;
    Store store(site);
    atr::Op op = put("invoices", "a", "opaque");
    op.record.index = {{"by_state", {Value::of("paid"), Value::of(5)}}, {"by_later_host", {Value::of("x")}}};
    atr::Op partly = put("invoices", "b", R"({"amount":"2.50"})");
    partly.record.index = {{"by_state", {Value::of("paid"), Value{}}}};
    REQUIRE(store.commit(batch({op, partly})).outcome == Outcome::ok);
    CHECK(all_keys(store, {.collection = "invoices", .index = "by_state", .eq = {Value::of("paid")}}) == Keys{"a"});
    CHECK(all_keys(store, {.collection = "invoices", .index = "by_amount", .eq = {decimal("2.5")}}) == Keys{"b"});
}

SCENARIO("decimals are ordered by value", "[storage]") {
    const std::vector<std::string> ascending = {"-" + std::string(38, '9'),
                                                "-100.5",
                                                "-100",
                                                "-99.99",
                                                "-1.25",
                                                "-1.2",
                                                "-1",
                                                "-0.5",
                                                "-0.05",
                                                "-0." + std::string(37, '0') + "1",
                                                "0",
                                                "0." + std::string(37, '0') + "1",
                                                "0.05",
                                                "0.5",
                                                "1",
                                                "1.2",
                                                "1.25",
                                                "9",
                                                "10",
                                                "99.99",
                                                "100",
                                                "100.5",
                                                std::string(38, '9')};
    Site site;
    Store store(site);
    for (std::size_t i = 0; i < ascending.size(); ++i)
        store.commit(batch({invoice(std::to_string(1000 - i), "x", 1, ascending[i])}));
    Keys expected;
    for (std::size_t i = 0; i < ascending.size(); ++i) expected.push_back(std::to_string(1000 - i));
    CHECK(all_keys(store, {.collection = "invoices", .index = "by_amount", .limit = 4}) == expected);
    CHECK(all_keys(store,
                   {.collection = "invoices", .index = "by_amount", .lo = decimal("-1.250"), .hi = decimal("0.00")})
              .size() == 6);
}

SCENARIO("records that stay put are shown exactly once while others come and go", "[storage]") {
    const bool descending = GENERATE(false, true);
    Site site;
    Store store(site);
    std::set<std::string> lasting;
    const auto key = [](int i) { return std::to_string(10'000 + i); };
    for (int i = 0; i < 100; i += 2) {
        store.commit(batch({invoice(key(i), "paid", i / 10)}));
        lasting.insert(key(i));
    }
    atr::Query query{
        .collection = "invoices", .index = "by_state", .eq = {Value::of("paid")}, .descending = descending, .limit = 7};
    std::vector<std::string> shown;
    for (int page_no = 0;; ++page_no) {
        const auto page = store.storage->query(store.call(), query);
        REQUIRE(page);
        for (const auto& record : page->records) shown.push_back(record.key);
        if (page->next_cursor.empty()) break;
        query.cursor = page->next_cursor;
        for (int i = 1 + page_no % 2 * 2; i < 100; i += 4) {
            const int other = 100 - i;
            store.commit(batch({invoice(key(i), "paid", i / 10), remove("invoices", key(other))}));
        }
    }
    const std::set<std::string> once(shown.begin(), shown.end());
    CHECK(once.size() == shown.size());
    CHECK(std::includes(once.begin(), once.end(), lasting.begin(), lasting.end()));
}

SCENARIO("all pages of a snapshot see one moment", "[storage]") {
    Site site;
    Store store(site);
    for (int i = 0; i < 10; ++i) store.commit(batch({claim("k" + std::to_string(i))}));
    atr::Query query{.collection = "claims", .limit = 4, .flags = ATR_Q_SNAPSHOT};
    const auto first = store.storage->query(store.call(), query);
    REQUIRE(first);
    store.commit(batch({claim("k45"), remove("claims", "k7")}));
    query.cursor = first->next_cursor;
    const auto second = store.storage->query(store.call(), query);
    REQUIRE(second);
    query.cursor = second->next_cursor;
    const auto third = store.storage->query(store.call(), query);
    REQUIRE(third);
    CHECK(second->records.front().key == "k4");
    CHECK(second->records.back().key == "k7");
    CHECK(third->records.size() == 2);
    CHECK(third->next_cursor.empty());
    const auto gone = store.storage->query(store.call(), query);
    CHECK(gone.outcome() == Outcome::rejected);
    CHECK(gone.error().message == "the snapshot of this cursor is closed: begin the query again");
    THEN("only a few may be open") {
        query.cursor.clear();
        for (int i = 0; i < 8; ++i) REQUIRE(store.storage->query(store.call(), query));
        CHECK(store.storage->query(store.call(), query).error().code == ATR_E_OVERLOADED);
    }
}

SCENARIO("a cursor that is garbage, cut or another query's is refused", "[storage]") {
    Site site;
    Store store(site);
    for (int i = 0; i < 10; ++i)
        store.commit(batch({invoice("k" + std::to_string(i), "paid", i), claim(std::to_string(i))}));
    const atr::Query query{.collection = "invoices", .index = "by_state", .eq = {Value::of("paid")}, .limit = 3};
    const std::string good = store.storage->query(store.call(), query)->next_cursor;
    REQUIRE_FALSE(good.empty());
    std::vector<std::string> bad = {
        "x",
        "AAAA",
        std::string(1000, 'A'),
        "%%%",
        std::string(1, '\0'),
        good + "A",
        store.storage->query(store.call(), {.collection = "claims", .limit = 3})->next_cursor};
    for (std::size_t cut = 1; cut < good.size(); ++cut) bad.push_back(good.substr(0, cut));
    for (std::size_t at = 0; at < good.size(); ++at) {
        bad.push_back(good);
        bad.back()[at] = good[at] == 'A' ? 'B' : 'A';
    }
    for (const auto& cursor : bad) {
        atr::Query with = query;
        with.cursor = cursor;
        const auto page = store.storage->query(store.call(), with);
        CHECK(page.outcome() == Outcome::rejected);
        if (!page) CHECK(page.error().code == ATR_E_BAD_INPUT);
    }
    atr::Query other = query;
    other.cursor = good;
    other.descending = true;
    CHECK(store.storage->query(store.call(), other).outcome() == Outcome::rejected);
    other.descending = false;
    other.limit = 5;
    CHECK(store.storage->query(store.call(), other)->records.size() == 5);
}

SCENARIO("a query that does not fit the schema is refused by name", "[storage]") {
    Site site;
    Store store(site);
    struct Case {
        atr::Query query;
        std::string says;
    };
    const std::string where = "collection 'invoices', index 'by_state': ";
    const std::vector<Case> cases = {
        {{.collection = "nowhere"}, "unknown collection 'nowhere'"},
        {{.collection = "invoices", .index = "none"}, "collection 'invoices', index 'none': unknown index"},
        {{.collection = "invoices", .index = "by_state", .limit = 0}, where + "a page has 1 to 1000 records, not 0"},
        {{.collection = "invoices", .index = "by_state", .limit = 1001},
         where + "a page has 1 to 1000 records, not 1001"},
        {{.collection = "invoices", .index = "by_state", .eq = {Value::of(1)}},
         where + "column state is text, the value given is an integer"},
        {{.collection = "invoices", .index = "by_state", .eq = {Value{}}},
         where + "holds no nulls, an equal value given is null"},
        {{.collection = "invoices", .index = "by_state", .eq = {Value::of("a"), Value::of(1), Value::of(2)}},
         where + "has 2 columns, equal values given: 3"},
        {{.collection = "invoices", .eq = {Value::of("a")}},
         "collection 'invoices', index '': has 0 columns, equal values given: 1"},
        {{.collection = "invoices", .lo = Value::of(1)},
         "collection 'invoices', index '': the key is text, the bound given is not"},
        {{.collection = "invoices", .index = "by_amount", .lo = decimal("1e3")},
         "collection 'invoices', index 'by_amount': column amount: not a decimal of up to 38 digits"},
    };
    for (const auto& one : cases) {
        const auto page = store.storage->query(store.call(), one.query);
        REQUIRE(page.outcome() == Outcome::rejected);
        CHECK(page.error().message == one.says);
    }
}

}  // namespace storage_contract
