// What is acknowledged stays: over a restart, and over kill -9 in the middle of commits.
#include <map>
#include <mutex>
#include <set>
#include <sstream>

#include "storage/store.hpp"
#include "storage/tables.hpp"

namespace atr::testkit {

namespace {

void survives_restart(Context& t) {
    t.in_process([&] {
        Store store(t);
        store.must(batch({invoice("a"), put("claims", "c", "{}"), add("sum", "42"), enqueue("job")}), "commit");
        return std::string();
    });
    Store store(t);
    expect(!store.body("a").empty() && store.record("claims", "c").version == 1, "the records, after a restart",
           "not all");
    expect_equal(store.balance("sum"), "42", "the counter, after a restart");
    expect_equal(need(store.lease("kit", "w", 10, 1000), "lease").size(), std::size_t{1}, "the job, after a restart");
}

/// Writers that say what was acknowledged, until they are killed.
void survives_kill(Context& t) {
    const int rounds = t.scale(4, 15, 60), threads = 4;
    std::map<std::string, int> acknowledged;
    for (int round = 0; round < rounds; ++round) {
        const auto said = t.killed_process(static_cast<std::size_t>(10 + t.below(60)), [&](const auto& say) {
            Store store(t);
            std::mutex mutex;
            in_threads(threads, [&](int thread) {
                for (int i = 0; i < 100'000; ++i) {
                    const auto id = std::to_string(round) + "-" + std::to_string(thread) + "-" + std::to_string(i);
                    store.must(
                        batch({invoice("a" + id), add("sum", "1"), put("claims", "b" + id, "{}"), enqueue(id)}, id, id),
                        "commit");
                    const std::lock_guard lock(mutex);
                    say(id);
                }
            });
        });
        std::istringstream lines(said.substr(0, said.rfind('\n') + 1));
        for (std::string id; std::getline(lines, id);) ++acknowledged[id];
    }
    Store store(t);
    std::set<std::string> first, second, jobs;
    for (const auto& record : store.all({.collection = "invoices", .limit = 500})) first.insert(record.key.substr(1));
    for (const auto& record : store.all({.collection = "claims", .limit = 500})) second.insert(record.key.substr(1));
    for (const auto& record : store.all({.collection = "atr.jobs", .limit = 500})) jobs.insert(record.key);
    for (const auto& [id, times] : acknowledged)
        expect(first.contains(id), "every acknowledged commit is there after kill -9", id + " is lost");
    expect(first == second && first == jobs, "after kill -9 every batch is there whole or not at all",
           std::to_string(first.size()) + " first records, " + std::to_string(second.size()) + " second, " +
               std::to_string(jobs.size()) + " jobs");
    expect_equal(store.balance("sum"), std::to_string(first.size()), "the counter, as many as there are batches");
    std::size_t replays = 0;
    for (const auto& [id, times] : acknowledged) {
        if (++replays > 50) break;
        const auto again =
            store.must(batch({invoice("a" + id), add("sum", "1"), put("claims", "b" + id, "{}"), enqueue(id)}, id, id),
                       "the same once more");
        expect(again.replayed, "an acknowledged batch is a replay after kill -9", id + " was applied anew");
    }
}

}  // namespace

Checks storage_durability_checks() {
    return {
        {"ATR-STORAGE-090", "What a commit has acknowledged is there after a restart.",
         "OK means that the money may move.",
         "A write that is only in memory or in the kernel when the answer is given: synchronous=OFF, no fsync.",
         "Flush before answering.", survives_restart},
        {.code = "ATR-STORAGE-091",
         .rule = "After kill -9 in the middle of commits, what was acknowledged is there, and every batch is whole.",
         .why = "A host may be killed at any instruction.",
         .pitfall = "Several transactions a batch, or a torn end of a file that is taken for whole.",
         .advice = "One transaction a batch, with its key, counters and jobs; recover at start.",
         .run = survives_kill,
         .limit = std::chrono::seconds(120)},
    };
}

}  // namespace atr::testkit
