/// Several hosts on one file, and one host while another process holds the lock.
#include <thread>

#include "store.hpp"

namespace storage_sqlite_test {
using atr::Outcome;

namespace {
/// Commits until the store says yes or no for good.
atr::Commit settle(Store& store, const atr::Batch& batch) {
    for (;;) {
        auto result = store.commit(batch);
        if (result.outcome != Outcome::retry) return result;
    }
}

/// Runs `work(host, thread)` on `threads` threads spread over two hosts of one file.
template <class Work>
void on_two_hosts(const std::string& file, int threads, Work work) {
    Settings settings;
    settings.busy_timeout = std::chrono::seconds(60);
    Store one(file, settings), two(file, settings);
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t) running.emplace_back([&, t] { work(t % 2 ? one : two, t); });
    for (auto& thread : running) thread.join();
}
}  // namespace

SCENARIO("200 adders against funds for 100, on two hosts: exactly 100 get through", "[storage_sqlite]") {
    Disk disk;
    Store(disk.file()).commit(batch({add("funds", "100")}));
    std::atomic<int> paid{0}, refused{0};
    on_two_hosts(disk.file(), 40, [&](Store& store, int t) {
        for (int i = 0; i < 5; ++i) {
            const std::string id = std::to_string(t * 5 + i);
            const auto result = settle(store, batch({claim(id), add("funds", "-1", "0"), add("paid", "1")}));
            if (result.outcome == Outcome::ok) ++paid;
            if (result.error.code == ATR_E_LIMIT_BREACHED) ++refused;
        }
    });
    CHECK(paid == 100);
    CHECK(refused == 100);
    Store store(disk.file());
    CHECK(store.body("balances", "funds") == "0");
    CHECK(store.body("balances", "paid") == "100");
    CHECK(store.storage->query(store.call(), {.collection = "claims", .limit = 1000})->records.size() == 100);
}

SCENARIO("read, decide, write at the version read: no step is lost between two hosts", "[storage_sqlite]") {
    Disk disk;
    Store(disk.file()).commit(batch({put("claims", "n", "0")}));
    on_two_hosts(disk.file(), 8, [&](Store& store, int) {
        for (int done = 0; done < 10;) {
            const auto seen = store.record("claims", "n");
            const auto next = std::to_string(std::stoi(seen.body) + 1);
            if (settle(store, batch({put("claims", "n", next, seen.version)})).outcome == Outcome::ok) ++done;
        }
    });
    Store store(disk.file());
    CHECK(store.body("claims", "n") == "80");
    CHECK(store.record("claims", "n").version == 81);
}

SCENARIO("one document, many hosts and threads: claimed once; commit sequences never repeat", "[storage_sqlite]") {
    Disk disk;
    std::mutex mutex;
    std::vector<std::uint64_t> sequences;
    std::atomic<int> won{0};
    on_two_hosts(disk.file(), 32, [&](Store& store, int t) {
        if (settle(store, batch({put("claims", "own" + std::to_string(t), ""), claim("document")})).outcome ==
            Outcome::ok)
            ++won;
        const auto mine = settle(store, batch({add("n", "1")}));
        const std::lock_guard lock(mutex);
        sequences.push_back(mine.commit_seq);
    });
    CHECK(won == 1);
    std::sort(sequences.begin(), sequences.end());
    CHECK(std::adjacent_find(sequences.begin(), sequences.end()) == sequences.end());
    CHECK(sequences.size() == 32);
}

SCENARIO("two hosts never lease the same job at once", "[storage_sqlite]") {
    Disk disk;
    {
        Store store(disk.file());
        std::vector<atr::Op> ops;
        for (int i = 0; i < 100; ++i) ops.push_back(enqueue("q", std::to_string(i)));
        store.commit(batch(ops));
    }
    std::mutex mutex;
    std::vector<std::string> leased;
    std::vector<std::uint64_t> tokens;
    on_two_hosts(disk.file(), 8, [&](Store& store, int t) {
        for (;;) {
            auto jobs = store.storage->lease(store.call(), "q", "w" + std::to_string(t), 3, 60'000);
            if (!jobs && jobs.outcome() == Outcome::retry) continue;
            if (!jobs || jobs->empty()) return;
            const std::lock_guard lock(mutex);
            for (const auto& job : *jobs) {
                leased.push_back(job.id);
                tokens.push_back(job.lease_token);
            }
        }
    });
    CHECK(leased.size() == 100);
    CHECK(std::set<std::string>(leased.begin(), leased.end()).size() == 100);
    CHECK(std::set<std::uint64_t>(tokens.begin(), tokens.end()).size() == 100);
}

SCENARIO("a follower on another host never sees a gap filled later", "[storage_sqlite]") {
    Disk disk;
    Store follower(disk.file());
    std::atomic<bool> writing{true};
    std::set<std::string> told;
    std::thread following([&] {
        for (std::uint64_t after = 0, rounds_after_end = 0; rounds_after_end < 2;) {
            if (!writing) ++rounds_after_end;
            const auto changes = follower.storage->changes(follower.call(), after, 10);
            if (!changes) continue;
            for (const auto& record : changes->records)
                if (record.version > after) told.insert(record.key);
            after = std::max(after, changes->last_seq);
            if (!changes->records.empty()) rounds_after_end = 0;
        }
    });
    on_two_hosts(disk.file(), 8, [&](Store& store, int t) {
        for (int i = 0; i < 25; ++i) settle(store, batch({claim(std::to_string(t) + "-" + std::to_string(i))}));
    });
    writing = false;
    following.join();
    CHECK(told.size() == 200);
}

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

SCENARIO("readers see whole batches only", "[storage_sqlite]") {
    Disk disk;
    Store store(disk.file());
    std::atomic<bool> stop{false};
    std::atomic<int> torn{0}, reads{0};
    std::vector<std::thread> readers;
    for (int t = 0; t < 3; ++t)
        readers.emplace_back([&] {
            while (!stop || reads < 100) {
                const auto pair = store.storage->get(store.call(), {{"claims", "a"}, {"balances", "b"}}, 0, 0);
                if (!pair || (!pair->empty() && (pair->size() != 2 || (*pair)[0].body != (*pair)[1].body))) ++torn;
                ++reads;
            }
        });
    for (int i = 1; i <= 200; ++i) store.commit(batch({put("claims", "a", std::to_string(i)), add("b", "1")}));
    stop = true;
    for (auto& reader : readers) reader.join();
    CHECK(torn == 0);
}

}  // namespace storage_sqlite_test
