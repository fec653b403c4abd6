/// Not a test: any program with these tests, called with `[measure]`, prints commits a second under load. Settings by
/// environment: THREADS (64), SECONDS (5).
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "store.hpp"

namespace storage_contract {

namespace {
int setting(const char* name, int otherwise) {
    const char* text = std::getenv(name);
    return text ? std::atoi(text) : otherwise;
}

/// What a payment's first commit looks like: eight records of 600 bytes, three hot counters, a job born leased.
atr::Batch payment_like(int thread, int number) {
    const std::string id = std::to_string(thread) + "-" + std::to_string(number * 7919 % 1'000'003) + "-";
    std::vector<atr::Op> ops;
    for (int i = 0; i < 8; ++i) {
        atr::Op op = put(i < 4 ? "claims" : "invoices", id + std::to_string(i), std::string(600, 'x'), ATR_VER_ABSENT);
        if (i >= 4)
            op.record.index = {{"by_state", {atr::Value::of("paid"), atr::Value::of(number)}},
                               {"by_amount", {{.type = ATR_T_DEC, .text = "12.50"}}},
                               {"by_number", {atr::Value::of(id + std::to_string(i))}}};
        ops.push_back(std::move(op));
    }
    for (const char* account : {"treasury", "vendor", "fees"}) ops.push_back(add(account, "1", "0"));
    ops.push_back(enqueue_leased("payments", id, "worker", 5000));
    return batch(std::move(ops), id, "meaning");
}
}  // namespace

TEST_CASE("commits a second", "[.][measure]") {
    const int threads = setting("THREADS", 64), seconds = setting("SECONDS", 5);
    Site site;
    Store store(site);
    std::atomic<bool> stop{false};
    std::atomic<int> done{0};
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; ++t)
        workers.emplace_back([&, t] {
            for (int n = 0; !stop; ++n)
                if (store.commit(payment_like(t, n)).outcome == atr::Outcome::ok) ++done;
        });
    std::this_thread::sleep_for(std::chrono::seconds(seconds));
    stop = true;
    const int counted = done;
    for (auto& worker : workers) worker.join();
    std::printf("%d threads: %d commits/s (%d records/s)\n", threads, counted / seconds, counted * 8 / seconds);
    CHECK(store.body("balances", "treasury") == std::to_string(done.load()));
}

}  // namespace storage_contract
