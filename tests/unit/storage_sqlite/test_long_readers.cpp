// Who reads for long, such as a copy, keeps the log from being used anew, and nobody from writing.
#include "storage_sqlite/connection.hpp"
#include "store.hpp"

namespace storage_sqlite_test {
using atr::Outcome;

SCENARIO("commits go on while somebody reads one moment, however long the log becomes", "[storage_sqlite]") {
    Disk disk;
    Store store(disk.file());
    REQUIRE(store.commit(batch({claim("first")})).outcome == Outcome::ok);
    storage_sqlite::Connection copying({.path = disk.file()});
    storage_sqlite::ReadScope moment(copying);
    storage_sqlite::Run reading(copying.prepared("SELECT count(*) FROM claims"));
    REQUIRE(reading.step());

    const auto in_time = [&](const std::string& key, std::size_t bytes) {
        const auto one = batch({claim(key, std::string(bytes, 'x'))});
        std::vector<atr::Commit> results(1);
        // Less than a writer may wait for a lock.
        const auto done = store.storage->commit(store.call(Settings{}.busy_timeout.count() - 500), {&one, 1}, results);
        return done && results.front().outcome == Outcome::ok;
    };
    for (int i = 0; i < 160; ++i) REQUIRE(in_time("large" + std::to_string(i), std::size_t{1} << 20));
    for (int i = 0; i < 20; ++i) REQUIRE(in_time("small" + std::to_string(i), 10));
    CHECK(reading.integer_at(0) == 1);
}

}  // namespace storage_sqlite_test
