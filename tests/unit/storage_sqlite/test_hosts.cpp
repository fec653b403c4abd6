/// One host while another process holds the lock of its file.
#include <thread>

#include "store.hpp"

namespace storage_sqlite_test {
using atr::Outcome;

SCENARIO("a call whose deadline passes while another process holds the lock is proven untouched", "[storage_sqlite]") {
    Disk disk;
    Store store(disk.file());
    storage_sqlite::Connection other({.path = disk.file()});
    other.execute("BEGIN IMMEDIATE");
    const std::vector<atr::Batch> batches = {batch({claim("late")})};
    std::vector<atr::Commit> results(1);
    const auto done = store.storage->commit(store.call(20), batches, results);
    REQUIRE_FALSE(done);
    CHECK(done.outcome() == Outcome::retry);
    CHECK(done.error().code == ATR_E_TIMEOUT);
    other.execute("ROLLBACK");
    CHECK(store.commit(batch({claim("next")})).outcome == Outcome::ok);
    CHECK(store.record("claims", "late").version == 0);
}

SCENARIO("a lock that is never released answers retry after busy_timeout, and work goes on after it",
         "[storage_sqlite]") {
    Disk disk;
    Settings settings;
    settings.busy_timeout = std::chrono::milliseconds(20);
    Store store(disk.file(), settings);
    storage_sqlite::Connection other({.path = disk.file()});
    other.execute("BEGIN IMMEDIATE");
    const auto refused = store.commit(batch({claim("a")}));
    CHECK(refused.outcome == Outcome::retry);
    CHECK(refused.error.code == ATR_E_OVERLOADED);
    CHECK(refused.error.vendor_code == "SQLITE_BUSY 5");
    CHECK(store.record("claims", "a").version == 0);  // reading goes on all the while
    other.execute("ROLLBACK");
    CHECK(store.commit(batch({claim("a")})).outcome == Outcome::ok);
}

SCENARIO("a full queue refuses at once, and what was taken is done", "[storage_sqlite]") {
    Disk disk;
    Settings settings;
    settings.max_queue = 2;
    settings.busy_timeout = std::chrono::seconds(60);
    Store store(disk.file(), settings);
    storage_sqlite::Connection other({.path = disk.file()});
    other.execute("BEGIN IMMEDIATE");
    std::atomic<int> ok{0}, overloaded{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 6; ++t)
        threads.emplace_back([&, t] {
            const auto result = store.commit(batch({claim(std::to_string(t))}));
            if (result.outcome == Outcome::ok) ++ok;
            if (result.outcome == Outcome::retry && result.error.code == ATR_E_OVERLOADED) ++overloaded;
        });
    while (overloaded < 4) std::this_thread::yield();
    other.execute("ROLLBACK");
    for (auto& thread : threads) thread.join();
    CHECK(ok == 2);
    CHECK(overloaded == 4);
}

SCENARIO("a poll that finds nothing writes nothing", "[storage_sqlite]") {
    Disk disk;
    Store store(disk.file());
    store.commit(batch({enqueue("q", "later", "", start_ms + 1000)}));
    WHEN("another process holds the write lock") {
        storage_sqlite::Connection other({.path = disk.file()});
        other.execute("BEGIN IMMEDIATE");
        CHECK(store.storage->lease(store.call(), "q", "w", 10, 1000)->empty());
        CHECK(store.storage->extend_leases(store.call(), "w", 1000).value() == 0);
        other.execute("ROLLBACK");
    }
}

}  // namespace storage_sqlite_test
