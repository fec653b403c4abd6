/// Several hosts, each a process of its own, on one database.
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <random>
#include <thread>

#include "database.hpp"

namespace storage_postgres_test {
using atr::Outcome;

namespace {

/// Runs `work(number)` in `count` processes at once, and `meanwhile` in this one. What work returns is its process's
/// exit status. The statuses.
template <class Work>
std::vector<int> in_processes(
    int count, Work work, const std::function<void()>& meanwhile = [] {},
    const std::function<void()>& at_the_end = [] {}) {
    std::vector<pid_t> children;
    for (int i = 0; i < count; ++i) {
        const pid_t child = ::fork();
        if (child != 0) {
            children.push_back(child);
            continue;
        }
        int status = 255;
        try {
            status = work(i);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "process %d: %s\n", i, error.what());
        }
        ::_exit(status);
    }
    std::vector<int> out;
    meanwhile();
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        out.push_back(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    at_the_end();
    return out;
}

int sum(const std::vector<int>& numbers) {
    int out = 0;
    for (int number : numbers) out += number;
    return out;
}

}  // namespace

SCENARIO("eight processes that start and migrate at once all succeed, and migrate once", "[storage_postgres]") {
    Database database;
    support::PostgresServer::shared_url();
    const auto statuses = in_processes(8, [&](int i) {
        const auto storage = database.start();
        return commit(*storage, batch({claim(std::to_string(i))})).outcome == Outcome::ok ? 0 : 1;
    });
    CHECK(statuses == std::vector<int>(8, 0));
    CHECK(database.ask("SELECT generation FROM atr_state") == "1");
    CHECK(database.ask("SELECT count(*) FROM claims") == "8");
}

SCENARIO("two processes against one bounded account: what is there gets through, no more", "[storage_postgres]") {
    Database database;
    commit(*database.start(), batch({add("funds", "100")}));
    const auto paid = in_processes(2, [&](int process) {
        const auto storage = database.open();
        std::atomic<int> through{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < 8; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; i < 10; ++i) {
                    const std::string id = std::to_string(process) + "-" + std::to_string(t) + "-" + std::to_string(i);
                    const auto result =
                        settle(*storage, batch({claim(id), add("funds", "-1", "0"), add("paid", "1")}, id));
                    if (result.outcome == Outcome::ok) ++through;
                }
            });
        for (auto& thread : threads) thread.join();
        return through.load();
    });
    CHECK(sum(paid) == 100);
    CHECK(database.ask("SELECT string_agg(key || ' ' || value, ', ' ORDER BY key) FROM balances") ==
          "funds 0, paid 100");
    CHECK(database.ask("SELECT count(*) FROM claims") == "100");
}

SCENARIO("two processes never hold one job at once, on the database's clock", "[storage_postgres]") {
    Database database;
    {
        std::vector<atr::Op> ops;
        for (int i = 0; i < 200; ++i) ops.push_back(enqueue("q", std::to_string(i)));
        commit(*database.start(), batch(ops));
    }
    const auto done = in_processes(2, [&](int process) {
        const auto storage = database.open();
        std::atomic<int> finished{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                const std::string worker = std::to_string(process) + "-" + std::to_string(t);
                for (;;) {
                    Budget budget;
                    const auto jobs = storage->lease(budget.call, "q", worker, 3, 60'000);
                    if (!jobs || jobs->empty()) return;
                    for (const auto& job : *jobs)
                        if (settle(*storage, batch({claim(job.id), job_done(job.id, job.lease_token)})).outcome ==
                            Outcome::ok)
                            ++finished;
                }
            });
        for (auto& thread : threads) thread.join();
        return finished.load();
    });
    CHECK(sum(done) == 200);
    CHECK(database.ask("SELECT count(*) FROM atr_jobs") == "0");
    WHEN("a lease ends by the database's clock") {
        const auto storage = database.open();
        commit(*storage, batch({enqueue_leased("q", "short", "dead", 30)}));
        for (std::vector<atr::Job> taken; taken.empty();) {
            Budget budget;
            taken = storage->lease(budget.call, "q", "heir", 1, 1000).value();
        }
        CHECK(database.ask("SELECT worker, attempt FROM atr_jobs") == "heir|2");
    }
}

SCENARIO("a follower among eight concurrent committers sees every commit once, in order, none later",
         "[storage_postgres]") {
    Database database;
    database.start();                           // makes the tables, and is gone: who forks has no other threads
    std::unique_ptr<PostgresStorage> follower;  // of this process
    constexpr int committers = 8, each = 60;
    std::atomic<bool> writing{true};
    std::vector<std::string> told;
    std::vector<std::uint64_t> sequences;
    const auto follow = [&] {
        std::mt19937 random(7);
        for (std::uint64_t after = 0;;) {
            const bool last = !writing;
            Budget budget;
            const auto changes = follower->changes(budget.call, after, 1 + static_cast<std::uint32_t>(random() % 20));
            if (!changes) continue;
            for (const auto& record : changes->records) {
                told.push_back(record.key);
                sequences.push_back(record.version);
            }
            if (last && changes->last_seq == after) return;
            after = changes->last_seq;
        }
    };
    std::thread following;
    const auto commit_all = [&](int process) {
        const auto storage = database.open();
        std::vector<std::thread> threads;
        for (int t = 0; t < committers / 2; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; i < each; ++i)
                    settle(*storage,
                           batch({claim(std::to_string(process) + "-" + std::to_string(t) + "-" + std::to_string(i))}));
            });
        for (auto& thread : threads) thread.join();
        return 0;
    };
    const auto statuses = in_processes(
        2, commit_all,
        [&] {
            follower = database.open();
            following = std::thread(follow);
        },
        [&] { writing = false; });
    following.join();
    CHECK(sum(statuses) == 0);
    CHECK(told.size() == committers * each);
    CHECK(std::set<std::string>(told.begin(), told.end()).size() == committers * each);
    CHECK(std::is_sorted(sequences.begin(), sequences.end()));
    CHECK(std::set<std::uint64_t>(sequences.begin(), sequences.end()).size() == committers * each);
}

}  // namespace storage_postgres_test
