/// kill -9 in the middle of commits: what was acknowledged is there, what was not is whole or absent.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "store.hpp"

namespace storage_sqlite_test {

namespace {

constexpr int child_threads = 4;

/// Commits for ever, four threads; writes one line "thread number" to `acknowledged` after each OK.
[[noreturn]] void commit_until_killed(const std::string& file, int first, int acknowledged) {
    Settings settings;
    settings.path = file;
    auto made = SqliteStorage::create("child", settings, storage_sqlite::system_now_ms);
    if (!made) _exit(1);
    std::vector<std::thread> threads;
    for (int t = 0; t < child_threads; ++t)
        threads.emplace_back([&, t] {
            for (int n = first;; ++n) {
                auto raw = support::make_call();
                const std::string id = std::to_string(t) + " " + std::to_string(n);
                const std::vector<atr::Batch> batches = {batch(
                    {claim("a" + id, std::string(600, 'x')), add("sum", "1"), claim("b" + id), enqueue("q", id)}, id)};
                std::vector<atr::Commit> results(1);
                const auto done = (*made)->commit(atr::Call(&raw), batches, results);
                if (!done || results[0].outcome != atr::Outcome::ok) _exit(2);
                const std::string line = id + "\n";
                if (::write(acknowledged, line.data(), line.size()) < 0) _exit(3);
            }
        });
    for (auto& thread : threads) thread.join();
    _exit(4);
}

/// Reads until `lines` came, kills the child, reads the rest.
std::vector<std::string> kill_after(int pipe, pid_t child, std::size_t lines) {
    std::string text;
    char chunk[4096];
    bool killed = false;
    for (ssize_t got = 0; (got = ::read(pipe, chunk, sizeof chunk)) > 0;) {
        text.append(chunk, static_cast<std::size_t>(got));
        if (killed || static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) < lines) continue;
        ::kill(child, SIGKILL);
        killed = true;
    }
    std::vector<std::string> out;
    for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
        out.push_back(text.substr(at, end - at));
    return out;
}

std::set<std::string> keys_of(Store& store, const std::string& collection) {
    std::set<std::string> out;
    for (atr::Query query{.collection = collection, .limit = 1000};;) {
        const auto page = store.storage->query(store.call(), query);
        if (!page) throw std::runtime_error(page.error().message);
        for (const auto& record : page->records) out.insert(record.key);
        if (page->next_cursor.empty()) return out;
        query.cursor = page->next_cursor;
    }
}

}  // namespace

SCENARIO("twenty times kill -9 in the middle of commits lose nothing that was acknowledged",
         "[storage_sqlite][crash]") {
    Disk disk;
    { Store store(disk.file()); }
    std::set<std::string> acknowledged;
    for (int round = 0; round < 20; ++round) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ::close(ends[0]);
            commit_until_killed(disk.file(), round * 1'000'000, ends[1]);
        }
        ::close(ends[1]);
        for (auto& line : kill_after(ends[0], child, static_cast<std::size_t>(1 + round * 7)))
            acknowledged.insert(line);
        ::close(ends[0]);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(WIFSIGNALED(status));

        Store store(disk.file());
        storage_sqlite::Connection look({.path = disk.file()});
        storage_sqlite::Run check(look.prepared("PRAGMA integrity_check"));
        REQUIRE(check.step());
        REQUIRE(check.text_at(0) == "ok");
        const auto there = keys_of(store, "atr.keys");
        REQUIRE(std::includes(there.begin(), there.end(), acknowledged.begin(), acknowledged.end()));
        REQUIRE(store.body("balances", "sum") == std::to_string(there.size()));
        REQUIRE(keys_of(store, "atr.jobs") == there);
        std::set<std::string> claims;
        for (const auto& id : there) claims.insert({"a" + id, "b" + id});
        REQUIRE(keys_of(store, "claims") == claims);
        REQUIRE(store.storage->changes(store.call(), 0, 0)->last_seq == there.size());
    }
}

}  // namespace storage_sqlite_test
