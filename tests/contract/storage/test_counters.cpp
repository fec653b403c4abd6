/// COUNTER collections: exact sums, bounds, and what a group of batches sees of them.
#include "store.hpp"

namespace storage_contract {
using atr::Outcome;

SCENARIO("a counter begins at nothing and adds exactly", "[storage]") {
    Site site;
    Store store(site);
    const std::string most(38, '9');
    CHECK(store.commit(batch({add("a", "0")})).outcome == Outcome::ok);
    CHECK(store.body("balances", "a") == "0");
    CHECK(store.commit(batch({add("a", most), add("b", "-" + most)})).outcome == Outcome::ok);
    CHECK(store.body("balances", "a") == most);
    CHECK(store.body("balances", "b") == "-" + most);
    THEN("a sum of more than 38 digits is refused") {
        for (const auto& [key, delta] : {std::pair{"a", "1"}, {"a", most.c_str()}, {"b", "-1"}}) {
            const auto result = store.commit(batch({add(key, delta)}));
            CHECK(result.outcome == Outcome::conflict);
            CHECK(result.error.code == ATR_E_LIMIT_BREACHED);
        }
        CHECK(store.body("balances", "a") == most);
    }
}

SCENARIO("a bound is kept, judged on what the batches before left", "[storage]") {
    Site site;
    Store store(site);
    store.commit(batch({add("funds", "10")}));
    const auto results = store.commit({batch({add("funds", "-7", "0")}), batch({add("funds", "-7", "0")}),
                                       batch({add("funds", "-3", "0")}), batch({add("funds", "1", "", "0")}),
                                       batch({add("funds", "1", "", "1")})});
    CHECK(results[0].outcome == Outcome::ok);
    CHECK(results[1].outcome == Outcome::conflict);
    CHECK(results[1].error.code == ATR_E_LIMIT_BREACHED);
    CHECK(results[1].error.message == "balances/funds: adding would leave the bounds");
    CHECK(results[2].outcome == Outcome::ok);
    CHECK(results[3].outcome == Outcome::conflict);
    CHECK(results[4].outcome == Outcome::ok);
    CHECK(store.body("balances", "funds") == "1");
}

SCENARIO("a batch that loses later gives back what it added", "[storage]") {
    Site site;
    Store store(site);
    store.commit(batch({add("funds", "10"), claim("taken")}));
    const auto results =
        store.commit({batch({add("funds", "-10", "0"), add("new", "1"), claim("taken")}),
                      batch({add("funds", "-1", "0"), add("funds", "-1", "0"), add("funds", "-9", "0")}),
                      batch({add("funds", "-10", "0")})});
    CHECK(results[0].conflict_op == 2);
    CHECK(results[1].conflict_op == 2);
    CHECK(results[2].outcome == Outcome::ok);
    CHECK(store.body("balances", "funds") == "0");
    CHECK(store.record("balances", "new").version == 0);
}

SCENARIO("two accounts never share a counter, whatever their names", "[storage]") {
    Site site;
    atr::Schema schema = test_schema();
    schema.collections.push_back({.name = "limits", .counter = true});
    Store store(site, schema);
    atr::Op limit = add("k", "5");
    limit.record.collection = "limits";
    store.commit(batch({add("k", "1"), limit, add("k\nlimits", "7")}));
    store.commit(batch({add("k", "1"), limit, add("k\nlimits", "7")}));
    CHECK(store.body("balances", "k") == "2");
    CHECK(store.body("limits", "k") == "10");
    CHECK(store.body("balances", "k\nlimits") == "14");
}

}  // namespace storage_contract
