/// Several hosts on one store.
#include <thread>

#include "store.hpp"

namespace storage_contract {
using atr::Outcome;

namespace {
/// Commits until the store says yes or no for good.
atr::Commit settle(Store& store, const atr::Batch& batch) {
    for (;;) {
        auto result = store.commit(batch);
        if (result.outcome != Outcome::retry) return result;
    }
}

/// Runs `work(host, thread)` on `threads` threads spread over two hosts of one store.
template <class Work>
void on_two_hosts(Site& site, int threads, Work work) {
    Store one(site), two(site);
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t) running.emplace_back([&, t] { work(t % 2 ? one : two, t); });
    for (auto& thread : running) thread.join();
}
}  // namespace

SCENARIO("200 adders against funds for 100, on two hosts: exactly 100 get through", "[storage]") {
    Site site;
    Store(site).commit(batch({add("funds", "100")}));
    std::atomic<int> paid{0}, refused{0};
    on_two_hosts(site, 40, [&](Store& store, int t) {
        for (int i = 0; i < 5; ++i) {
            const std::string id = std::to_string(t * 5 + i);
            const auto result = settle(store, batch({claim(id), add("funds", "-1", "0"), add("paid", "1")}));
            if (result.outcome == Outcome::ok) ++paid;
            if (result.error.code == ATR_E_LIMIT_BREACHED) ++refused;
        }
    });
    CHECK(paid == 100);
    CHECK(refused == 100);
    Store store(site);
    CHECK(store.body("balances", "funds") == "0");
    CHECK(store.body("balances", "paid") == "100");
    CHECK(store.storage->query(store.call(), {.collection = "claims", .limit = 1000})->records.size() == 100);
}

SCENARIO("read, decide, write at the version read: no step is lost between two hosts", "[storage]") {
    Site site;
    Store(site).commit(batch({put("claims", "n", "0")}));
    on_two_hosts(site, 8, [&](Store& store, int) {
        for (int done = 0; done < 10;) {
            const auto seen = store.record("claims", "n");
            const auto next = std::to_string(std::stoi(seen.body) + 1);
            if (settle(store, batch({put("claims", "n", next, seen.version)})).outcome == Outcome::ok) ++done;
        }
    });
    Store store(site);
    CHECK(store.body("claims", "n") == "80");
    CHECK(store.record("claims", "n").version == 81);
}

SCENARIO("one document, many hosts and threads: claimed once; commit sequences never repeat", "[storage]") {
    Site site;
    std::mutex mutex;
    std::vector<std::uint64_t> sequences;
    std::atomic<int> won{0};
    on_two_hosts(site, 32, [&](Store& store, int t) {
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

SCENARIO("two hosts never lease the same job at once", "[storage]") {
    Site site;
    {
        Store store(site);
        std::vector<atr::Op> ops;
        for (int i = 0; i < 100; ++i) ops.push_back(enqueue("q", std::to_string(i)));
        store.commit(batch(ops));
    }
    std::mutex mutex;
    std::vector<std::string> leased;
    std::vector<std::uint64_t> tokens;
    on_two_hosts(site, 8, [&](Store& store, int t) {
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

SCENARIO("a follower on another host never sees a gap filled later", "[storage]") {
    Site site;
    Store follower(site);
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
    on_two_hosts(site, 8, [&](Store& store, int t) {
        for (int i = 0; i < 25; ++i) settle(store, batch({claim(std::to_string(t) + "-" + std::to_string(i))}));
    });
    writing = false;
    following.join();
    CHECK(told.size() == 200);
}

SCENARIO("readers see whole batches only", "[storage]") {
    Site site;
    Store store(site);
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

}  // namespace storage_contract
