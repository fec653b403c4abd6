/// What a DBA finds in the file.
#include "store.hpp"

namespace storage_sqlite_test {
using atr::Outcome;

namespace {
/// What a DBA sees.
std::vector<std::string> ask(const std::string& file, const std::string& sql) {
    storage_sqlite::Connection connection({.path = file});
    storage_sqlite::Run run(connection.prepared(sql));
    std::vector<std::string> out;
    while (run.step()) out.emplace_back(run.text_at(0));
    return out;
}
using Keys = std::vector<std::string>;
}  // namespace

SCENARIO("migrating again leaves tables and generation as they are", "[storage_sqlite]") {
    Disk disk;
    Store store(disk.file());
    const std::string look = "SELECT sql FROM sqlite_master ORDER BY name";
    const auto before = ask(disk.file(), look);
    store.commit(batch({claim("a")}));
    for (int i = 0; i < 3; ++i) REQUIRE(store.storage->migrate(store.call(), test_schema()));
    CHECK(ask(disk.file(), look) == before);
    CHECK(ask(disk.file(), "SELECT generation FROM atr_state") == Keys{"1"});
    CHECK(store.record("claims", "a").version == 1);
}

SCENARIO("keys that may be forgotten are found by their age, in a database of an older program too",
         "[storage_sqlite]") {
    Disk disk;
    const auto indexes = [&] {
        return ask(disk.file(), "SELECT name FROM sqlite_master WHERE type = 'index' AND name = 'atr_keys:by_age'");
    };
    {
        Store store(disk.file());
        CHECK(indexes() == Keys{"atr_keys:by_age"});
    }
    ask(disk.file(), "DROP INDEX \"atr_keys:by_age\"");  // as an older program left it
    REQUIRE(indexes().empty());
    Store store(disk.file());
    CHECK(indexes() == Keys{"atr_keys:by_age"});
}

SCENARIO("a DBA finds tables, columns and indexes under the schema's own names", "[storage_sqlite]") {
    Disk disk;
    Store store(disk.file());
    atr::Op op = invoice("a", "paid", 5, "12.50");
    store.commit(batch({op}));
    CHECK(ask(disk.file(), "SELECT state || ' ' || at || ' ' || amount FROM invoices WHERE key = 'a'") ==
          Keys{"paid 5 12.5"});
    CHECK(ask(disk.file(), "SELECT json_extract(body, '$.state') FROM invoices") == Keys{"paid"});
    CHECK(ask(disk.file(), "SELECT typeof(at) || typeof(amount) || typeof(body) FROM invoices") ==
          Keys{"integertexttext"});
    CHECK(ask(disk.file(),
              "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'invoices' AND sql IS NOT "
              "NULL ORDER BY name") == Keys{"invoices:by_amount", "invoices:by_number", "invoices:by_state"});
    const auto plan = ask(disk.file(), "SELECT sql FROM sqlite_master WHERE name = 'invoices:by_state'");
    CHECK(plan.front().find("\"state\", \"at\", key)") != std::string::npos);
}

SCENARIO("names that SQLite keeps for itself are refused, and what a newer program made is named", "[storage_sqlite]") {
    Disk disk;
    Store store(disk.file());
    const auto refused = store.storage->migrate(store.call(), {.version = 1, .collections = {{.name = "SQLITE_x"}}});
    REQUIRE(refused.outcome() == Outcome::rejected);
    CHECK(refused.error().message.find("collection 'SQLITE_x': a name is") == 0);
    atr::Schema newer = test_schema();
    newer.version = 7;
    REQUIRE(store.storage->migrate(store.call(), newer));
    CHECK(store.storage->migrate(store.call(), test_schema()).error().message.find(disk.file()) == 0);
}

SCENARIO("the columns of an index that the schema no longer has are gone", "[storage_sqlite]") {
    Disk disk;
    Store store(disk.file());
    atr::Schema without = test_schema();
    without.version = 2;
    without.collections.front().indexes.pop_back();
    REQUIRE(store.storage->migrate(store.call(), without));
    CHECK(ask(disk.file(), "SELECT name FROM pragma_table_info('invoices') WHERE name = 'number'").empty());
}

}  // namespace storage_sqlite_test
