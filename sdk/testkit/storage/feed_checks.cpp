// The change feed, and blobs' neighbours in time: what a follower must never miss.
#include <map>
#include <mutex>
#include <set>

#include "storage/store.hpp"
#include "storage/tables.hpp"

namespace atr::testkit {

namespace {

std::string text_of(const atr::Record& record) {
    return std::to_string(record.version) + ":" + record.collection + "/" + record.key;
}

std::set<std::string> changes_since(Store& store, std::uint64_t after, std::uint32_t limit) {
    std::set<std::string> out;
    for (std::uint64_t last = 0;; after = last) {
        const auto some = need(store.changes(after, limit), "changes");
        std::uint64_t before = after;
        for (const auto& record : some.records) {
            expect(record.version >= before, "changes in the order of their commits", text_of(record));
            before = record.version;
            out.insert(text_of(record));
        }
        last = some.last_seq;
        expect(last >= before, "last_seq reaches the last change", std::to_string(last));
        if (some.records.empty()) return out;
        expect(last > after, "last_seq moves on", std::to_string(last));
    }
}

std::string join(const std::set<std::string>& texts) {
    std::string out;
    for (const auto& text : texts) out += (out.empty() ? "" : " ") + text;
    return out;
}

void tells_everything(Context& t) {
    Store store(t);
    const std::uint64_t start = store.newest();
    std::set<std::string> wanted;
    const auto commit = [&](std::vector<atr::Op> ops, std::initializer_list<const char*> places) {
        const auto done = store.must(batch(std::move(ops)), "commit");
        for (const char* place : places) wanted.insert(std::to_string(done.commit_seq) + ":" + place);
    };
    commit({invoice("a"), put("claims", "c", "{}")}, {"invoices/a", "claims/c"});
    commit({add("sum", "1"), check("a", 1)}, {"balances/sum"});
    commit({remove("a")}, {"invoices/a"});
    commit({enqueue("job")}, {"atr.jobs/job"});
    store.commit(batch({invoice("lost"), check("a", 9)}));
    for (const std::uint32_t limit : {1u, 2u, 1000u}) {
        auto seen = changes_since(store, start, limit);
        expect_equal(join(seen), join(wanted), "changes, with limit " + std::to_string(limit));
    }
    expect(changes_since(store, store.newest(), 10).empty(), "nothing behind the newest", "changes");
}

void others_commits(Context& t) {
    const auto start = t.in_process([&] { return std::to_string(Store(t).newest()); });
    const auto seq =
        t.in_process([&] { return std::to_string(Store(t).must(batch({invoice("a")}), "put").commit_seq); });
    Store store(t);
    expect_equal(join(changes_since(store, std::stoull(start), 100)), seq + ":invoices/a",
                 "the commit of another process");
}

/// A follower beside eight writers: what it has passed it never needs to look at again.
void never_passes_one_in_flight(Context& t) {
    Store store(t);
    const std::uint64_t start = store.newest();
    const int writers = 8, commits = t.scale(40, 200);
    std::mutex mutex;
    std::map<std::uint64_t, std::string> committed;
    std::set<std::uint64_t> followed;
    std::atomic<int> writing = writers;
    in_threads(writers + 1, [&](int thread) {
        if (thread == writers) {
            std::uint64_t after = start;
            for (bool last_look = false;;) {
                const auto some = need(store.changes(after, 50), "changes beside eight writers");
                for (const auto& record : some.records) {
                    expect(record.version > after, "changes behind " + std::to_string(after), text_of(record));
                    followed.insert(record.version);
                }
                expect(some.last_seq >= after, "last_seq never goes back", std::to_string(some.last_seq));
                after = some.last_seq;
                if (!some.records.empty()) continue;
                if (last_look) return;
                last_look = writing == 0;
            }
        }
        struct Done {
            std::atomic<int>& count;
            ~Done() { --count; }
        } done{writing};
        for (int i = 0; i < commits; ++i) {
            const auto key = "w" + std::to_string(thread) + "-" + std::to_string(i);
            const auto one = store.must(batch({invoice(key), add("sum", "1")}), "commit");
            const std::lock_guard lock(mutex);
            expect(committed.emplace(one.commit_seq, key).second, "a commit_seq of its own for each commit",
                   std::to_string(one.commit_seq) + " twice");
        }
    });
    for (const auto& [seq, key] : committed)
        expect(followed.contains(seq), "a follower sees every commit",
               key + " (" + std::to_string(seq) + ") was never told");
}

}  // namespace

Checks storage_feed_checks() {
    return {
        {"ATR-STORAGE-080",
         "changes() tells every record a commit touched, with its sequence, in order, whatever the limit.",
         "Hosts drop from their caches what the feed names; what it leaves out stays old.",
         "Deletes and counters forgotten, or a commit cut in two by the limit.",
         "Write the change with what it tells of; CHECKs and lost batches make none.", tells_everything},
        {"ATR-STORAGE-081", "changes() tells of other processes' commits too.",
         "The feed is how hosts learn from each other.", "A list in memory of what this process has written.",
         "Read the store, not a memory of one's own.", others_commits},
        {.code = "ATR-STORAGE-082",
         .rule = "last_seq never passes a commit that is still in flight.",
         .why = "A follower that has seen 10 never asks for 9 again.",
         .pitfall = "A sequence taken at the start of a transaction: 10 may commit before 9.",
         .advice = "Give out sequences in commit order, or hold the feed below the oldest open transaction.",
         .run = never_passes_one_in_flight,
         .stage = Stage::threads},
    };
}

}  // namespace atr::testkit
