/// Not a test: `storage_postgres_server "[measure]"` prints commits a second in groups of 64, as a host's commit
/// pipeline makes them. Settings by environment: PROCESSES (1), LANES (1) groups at once in each, SECONDS (5).
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "database.hpp"

namespace storage_postgres_test {

namespace {
int setting(const char* name, int otherwise) {
    const char* text = std::getenv(name);
    return text ? std::atoi(text) : otherwise;
}

/// What a payment's first commit looks like: a claim and seven records of 600 bytes with indexes, a policy that is
/// checked, a job born leased, and three additions, of which one is to the account that all payments share.
atr::Batch payment(const std::string& id, std::int64_t at) {
    std::vector<atr::Op> ops = {check("claims", "policy", 1), claim("hash " + id)};
    const std::string filler(500, 'x');
    for (int i = 0; i < 7; ++i) {
        atr::Op op =
            put("invoices", id + "-" + std::to_string(i),
                R"({"state":"paid","at":)" + std::to_string(at) + R"(,"amount":"12.50","filler":")" + filler + "\"}",
                ATR_VER_ABSENT);
        op.record.index = {{"by_state", {atr::Value::of("paid"), atr::Value::of(at)}},
                           {"by_amount", {{.type = ATR_T_DEC, .text = "12.50"}}},
                           {"by_number", {atr::Value{}}}};
        ops.push_back(std::move(op));
    }
    for (const char* account : {"treasury", "fees"}) ops.push_back(add(account, "-1", "-1000000000"));
    ops.push_back(add("vendor " + std::to_string(at % 50), "2", "0"));
    ops.push_back(enqueue_leased("payments", id, "worker", 60'000));
    return batch(std::move(ops), id, "meaning");
}

void run_lane(PostgresStorage& storage, const std::string& name, std::chrono::steady_clock::time_point end,
              std::atomic<int>& done) {
    for (int group = 0; std::chrono::steady_clock::now() < end; ++group) {
        std::vector<atr::Batch> batches;
        for (int i = 0; i < 64; ++i) batches.push_back(payment(name + "-" + std::to_string(group * 64 + i), group));
        for (const auto& result : commit(storage, batches)) done += result.outcome == atr::Outcome::ok;
    }
}
}  // namespace

TEST_CASE("commits a second in groups of 64", "[.][measure]") {
    const int processes = setting("PROCESSES", 1), lanes = setting("LANES", 1), seconds = setting("SECONDS", 5);
    Database database;
    {
        std::vector<atr::Op> ops = {put("claims", "policy", "v1"), add("treasury", "0"), add("fees", "0")};
        for (int i = 0; i < 50; ++i) ops.push_back(add("vendor " + std::to_string(i), "0"));
        commit(*database.start(), batch(ops));
    }
    std::vector<pid_t> children;
    for (int p = 0; p < processes; ++p) {
        const pid_t child = ::fork();
        if (child != 0) {
            children.push_back(child);
            continue;
        }
        const auto storage = database.open();
        std::atomic<int> done{0};
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
        std::vector<std::thread> threads;
        for (int l = 0; l < lanes; ++l)
            threads.emplace_back(
                [&, l] { run_lane(*storage, std::to_string(p) + "." + std::to_string(l), end, done); });
        for (auto& thread : threads) thread.join();
        ::_exit(0);
    }
    for (const pid_t child : children) ::waitpid(child, nullptr, 0);
    const int counted = std::stoi(database.ask("SELECT commit_seq - 1 FROM atr_state"));
    std::printf("%d processes, %d lanes each: %d payments/s in groups of 64\n", processes, lanes, counted / seconds);
    CHECK(database.ask("SELECT -value FROM balances WHERE key = 'treasury'") == std::to_string(counted));
}

}  // namespace storage_postgres_test
