/// Records, versions, batches: what one batch does, and what it never does to its neighbours.
#include "store.hpp"

namespace storage_contract {
using atr::Outcome;

SCENARIO("a record is written only at the version its writer saw", "[storage]") {
    Site site;
    Store store(site);
    REQUIRE(store.commit(batch({put("claims", "a", "one", ATR_VER_ABSENT)})).versions == std::vector<std::uint64_t>{1});
    CHECK(store.commit(batch({put("claims", "a", "two", 1)})).versions == std::vector<std::uint64_t>{2});
    CHECK(store.commit(batch({put("claims", "a", "three")})).versions == std::vector<std::uint64_t>{3});

    const auto lost = store.commit(batch({put("claims", "a", "four", 2)}));
    CHECK(lost.outcome == Outcome::conflict);
    CHECK(lost.versions.empty());
    CHECK(lost.error.message == "claims/a: expected at version 2, it is at version 3");
    CHECK(store.body("claims", "a") == "three");
    CHECK(store.record("claims", "a").version == 3);
    CHECK(store.record("claims", "a").updated_unix_ms == start_ms);

    CHECK(store.commit(batch({put("claims", "b", "x", 1)})).outcome == Outcome::conflict);
    CHECK(store.commit(batch({remove("claims", "a", 2)})).outcome == Outcome::conflict);
    CHECK(store.commit(batch({remove("claims", "a", 3)})).outcome == Outcome::ok);
    CHECK(store.commit(batch({remove("claims", "a", 3)})).outcome == Outcome::conflict);
    CHECK(store.commit(batch({remove("claims", "a")})).outcome == Outcome::ok);
    CHECK(store.record("claims", "a").version == 0);
}

SCENARIO("a claim is won once", "[storage]") {
    Site site;
    Store store(site);
    const auto results = store.commit({batch({claim("hash", "first")}), batch({claim("hash", "second")})});
    CHECK(results[0].outcome == Outcome::ok);
    CHECK(results[1].outcome == Outcome::conflict);
    CHECK(results[1].error.message == "claims/hash: expected to be absent, it is at version 1");
    CHECK(store.body("claims", "hash") == "first");
}

SCENARIO("a CHECK holds until the commit", "[storage]") {
    Site site;
    Store store(site);
    store.commit(batch({put("claims", "policy", "v1")}));
    CHECK(store.commit(batch({check("claims", "policy", 1), claim("a")})).outcome == Outcome::ok);
    CHECK(store.commit(batch({check("claims", "policy", ATR_VER_ANY), claim("b")})).outcome == Outcome::ok);
    CHECK(store.commit(batch({check("claims", "nothing", ATR_VER_ABSENT), claim("c")})).outcome == Outcome::ok);
    const auto results =
        store.commit({batch({put("claims", "policy", "v2", 1)}), batch({check("claims", "policy", 1), claim("d")}),
                      batch({check("claims", "nothing", ATR_VER_ANY), claim("e")}),
                      batch({check("claims", "policy", ATR_VER_ABSENT), claim("f")})});
    CHECK(results[0].outcome == Outcome::ok);
    for (std::size_t i = 1; i < results.size(); ++i) {
        CHECK(results[i].outcome == Outcome::conflict);
        CHECK(results[i].conflict_op == 0);
    }
    CHECK(store.record("claims", "d").version == 0);
}

SCENARIO("a losing batch leaves no trace and its neighbours stand", "[storage]") {
    Site site;
    Store store(site);
    store.commit(batch({claim("taken"), add("funds", "5")}));
    const auto results = store.commit({batch({claim("a"), add("funds", "10")}),
                                       batch({put("claims", "b", "x"), add("funds", "100"), enqueue("q", "job"),
                                              remove("claims", "a"), claim("taken")}),
                                       batch({claim("c"), add("funds", "1000")})});
    CHECK(results[0].outcome == Outcome::ok);
    CHECK(results[1].outcome == Outcome::conflict);
    CHECK(results[1].conflict_op == 4);
    CHECK(results[2].outcome == Outcome::ok);
    CHECK(results[2].commit_seq == results[0].commit_seq + 1);
    CHECK(store.body("balances", "funds") == "1015");
    CHECK(store.record("claims", "a").version == 1);
    CHECK(store.record("claims", "b").version == 0);
    CHECK(store.record("atr.jobs", "job").version == 0);
}

SCENARIO("an op sees what the ops before it in its batch did", "[storage]") {
    Site site;
    Store store(site);
    const auto done = store.commit(batch({claim("a"), put("claims", "a", "two", 1), check("claims", "a", 2),
                                          remove("claims", "a", 2), check("claims", "a", ATR_VER_ABSENT)}));
    CHECK(done.outcome == Outcome::ok);
    CHECK(done.versions == std::vector<std::uint64_t>{1, 2, 2, 0, 0});
}

SCENARIO("a unique index refuses the second record of a value, and only its batch", "[storage]") {
    Site site;
    Store store(site);
    const auto numbered = [](const std::string& key, const std::string& number) {
        return put("invoices", key, R"({"number":")" + number + R"("})");
    };
    const auto results = store.commit({batch({numbered("a", "R-1")}), batch({claim("x"), numbered("b", "R-1")}),
                                       batch({numbered("b", "R-2")}), batch({numbered("b", "R-1")})});
    CHECK(results[0].outcome == Outcome::ok);
    CHECK(results[1].outcome == Outcome::conflict);
    CHECK(results[1].error.code == ATR_E_DUPLICATE);
    CHECK(results[1].conflict_op == 1);
    CHECK(results[2].outcome == Outcome::ok);
    CHECK(results[3].outcome == Outcome::conflict);
    CHECK(store.record("claims", "x").version == 0);
    CHECK(store.record("invoices", "b").version == 1);
    THEN("records without the value do not collide") {
        CHECK(store.commit(batch({put("invoices", "c", "{}"), put("invoices", "d", "{}")})).outcome == Outcome::ok);
    }
}

SCENARIO("bodies and keys come back byte for byte", "[storage]") {
    Site site;
    Store store(site);
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    const std::vector<std::string> bodies = {"",
                                             "plain",
                                             " { \"a\" : 1.0 }\n",
                                             std::string(1, '\0'),
                                             all,
                                             std::string(100'000, 'x') + '\0' + "end",
                                             "\xff\xfe",
                                             "007",
                                             "1e5"};
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        const std::string key = "k" + std::to_string(i);
        REQUIRE(store.commit(batch({put("claims", key, bodies[i]), put("invoices", key, bodies[i])})).outcome ==
                Outcome::ok);
        CHECK(store.body("claims", key) == bodies[i]);
        CHECK(store.body("invoices", key) == bodies[i]);
    }
    const std::string odd = all.substr(0, 128) + "\u00e9\u20ac\U0001f4b6";  // keys are UTF-8
    REQUIRE(store.commit(batch({claim(odd, "odd"), claim(std::string("a\0b", 3), "nul")})).outcome == Outcome::ok);
    CHECK(store.body("claims", odd) == "odd");
    CHECK(store.body("claims", std::string("a\0b", 3)) == "nul");
    CHECK(store.record("claims", "a").version == 0);
}

SCENARIO("get gives what exists, in the order asked, of several collections", "[storage]") {
    Site site;
    Store store(site);
    store.commit(batch({claim("a"), claim("b"), add("funds", "-7")}));
    const auto found = store.storage->get(
        store.call(), {{"claims", "b"}, {"claims", "none"}, {"balances", "funds"}, {"claims", "a"}}, 0, 0);
    REQUIRE(found);
    REQUIRE(found->size() == 3);
    CHECK((*found)[0].key == "b");
    CHECK((*found)[1].body == "-7");
    CHECK((*found)[2].key == "a");
    CHECK(store.storage->get(store.call(), {{"nowhere", "a"}}, 0, 0).error().message == "unknown collection 'nowhere'");
}

SCENARIO("what can never work is rejected, saying which op and why", "[storage]") {
    Site site;
    Store store(site);
    atr::Op unknown = claim("a");
    unknown.op = 99;
    atr::Op wrong_type = put("invoices", "a", "{}");
    wrong_type.record.index = {{"by_state", {atr::Value::of(1), atr::Value::of(2)}}};
    atr::Op wrong_count = put("invoices", "a", "{}");
    wrong_count.record.index = {{"by_state", {atr::Value::of("paid")}}};
    atr::Op two_minds = put("invoices", "a", "{}");
    two_minds.record.index = {{"by_number", {atr::Value::of("1")}}, {"by_number", {atr::Value::of("2")}}};
    struct Case {
        atr::Op op;
        std::string says;
    };
    const std::vector<Case> cases = {
        {put("nowhere", "a", ""), "unknown collection 'nowhere'"},
        {put("atr.jobs", "a", ""), "atr.jobs/a: this collection changes by its own ops alone"},
        {put("balances", "a", "5"), "balances/a: a COUNTER collection changes by ADD alone"},
        {claim(""), "claims: a key has 1 to 1024 bytes"},
        {claim(std::string(1025, 'k')), "claims: a key has 1 to 1024 bytes"},
        {remove("claims", "a", ATR_VER_ABSENT), "claims/a: DELETE cannot expect that the record is absent"},
        {add("a", "1.5"), "balances/a: delta is not an integer of up to 38 digits"},
        {add("a", ""), "balances/a: delta is not an integer of up to 38 digits"},
        {add("a", "1", "low"), "balances/a: a bound is not an integer of up to 38 digits"},
        {enqueue("", "j"), "job j: has no queue"},
        {enqueue_leased("q", "j", "", 1000), "job j: is born leased, but to no worker"},
        {unknown, "unknown op 99"},
        {wrong_type, "invoices: index by_state: column state is text, the value given is an integer"},
        {wrong_count, "invoices: index by_state has 2 columns, not 1"},
        {two_minds, "invoices: two indexes give different values for /number"},
    };
    for (const auto& one : cases) {
        const auto results = store.commit({batch({claim("x"), one.op}), batch({put("claims", "y", "")})});
        CHECK(results[0].outcome == Outcome::rejected);
        CHECK(results[0].error.message == one.says);
        CHECK(results[0].conflict_op == 1);
        CHECK(results[1].outcome == Outcome::ok);
    }
    CHECK(store.record("claims", "x").version == 0);
}

}  // namespace storage_contract
