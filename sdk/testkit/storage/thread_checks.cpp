// Many at once: compare-and-set, claims, counters; and a million records.
#include <mutex>
#include <set>

#include "storage/store.hpp"
#include "storage/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;

void compare_and_set(Context& t) {
    Store store(t);
    store.must(batch({put("claims", "n", "{\"n\":0}")}), "put");
    const int threads = 8, each = t.scale(20, 100);
    in_threads(threads, [&](int) {
        for (int done = 0; done < each;) {
            const auto seen = store.record("claims", "n");
            const auto next = std::to_string(std::stoi(seen.body.substr(5)) + 1);
            const auto one = store.commit(batch({put("claims", "n", "{\"n\":" + next + "}", seen.version)}));
            if (one.outcome == Outcome::ok)
                ++done;
            else if (one.outcome != Outcome::retry)
                need_commit(one, Outcome::conflict, "a put that expects the version it read");
        }
    });
    expect_equal(store.record("claims", "n").body, "{\"n\":" + std::to_string(threads * each) + "}",
                 "a counter kept by compare-and-set from eight threads");
    expect_equal(store.record("claims", "n").version, static_cast<std::uint64_t>(threads * each + 1), "its version");
}

void one_claims(Context& t) {
    Store store(t);
    const int claims = t.scale(30, 150);
    std::atomic<int> won = 0;
    in_threads(8, [&](int thread) {
        for (int i = 0; i < claims; ++i) {
            const auto one = store.commit(batch({put("claims", "c" + std::to_string(i), "{}", ATR_VER_ABSENT),
                                                 invoice("t" + std::to_string(thread) + "-" + std::to_string(i))}));
            if (one.outcome == Outcome::ok)
                ++won;
            else
                need_commit(one, Outcome::conflict, "a claim that another holds");
        }
    });
    expect_equal(won.load(), claims, "claims won by eight threads");
    expect_equal(store.all({.collection = "invoices"}).size(), static_cast<std::size_t>(claims),
                 "records of the winners");
}

/// A CHECK read before is still true at the commit: two who each check the other's absence cannot both win.
void checks_hold_until_commit(Context& t) {
    Store store(t);
    const int rounds = t.scale(40, 200);
    std::atomic<int> both = 0;
    for (int i = 0; i < rounds; ++i) {
        std::atomic<int> won = 0;
        in_threads(2, [&](int thread) {
            const auto key = [&](int who) { return "r" + std::to_string(i) + "-" + std::to_string(who); };
            const auto one = store.commit(batch({check(key(1 - thread), ATR_VER_ABSENT), invoice(key(thread))}));
            if (one.outcome == Outcome::ok) ++won;
        });
        if (won == 2) ++both;
    }
    expect_equal(both.load(), 0, "rounds in which both of two writers committed on the other's absence");
}

void sums_add_up(Context& t) {
    Store store(t);
    store.must(batch({add("a", "1000"), add("b", "1000")}), "ADD");
    const int each = t.scale(25, 150);
    in_threads(8, [&](int thread) {
        std::mt19937_64 random(t.seed + static_cast<std::uint64_t>(thread));
        for (int i = 0; i < each; ++i) {
            const auto amount = std::to_string(random() % 50);
            const bool there = random() % 2 == 0;
            std::vector<atr::Batch> group;
            for (unsigned n = 1 + random() % 3; n > 0; --n)
                group.push_back(batch({add(there ? "a" : "b", "-" + amount, "0", ""), add(there ? "b" : "a", amount)}));
            for (const auto& one : store.commit(group))
                if (one.outcome != Outcome::ok && one.outcome != Outcome::retry)
                    need_commit(one, Outcome::conflict, "a transfer between two counters", ATR_E_LIMIT_BREACHED);
        }
    });
    const int a = std::stoi(store.balance("a")), b = std::stoi(store.balance("b"));
    expect(a + b == 2000 && a >= 0 && b >= 0, "two counters that keep their sum of 2000, none below 0",
           std::to_string(a) + " and " + std::to_string(b));
}

void a_million(Context& t) {
    constexpr int records = 1'000'000, a_batch = 500, a_group = 20;
    {
        Store store(t);
        for (int from = 0; from < records; from += a_batch * a_group) {
            std::vector<atr::Batch> group;
            for (int b = 0; b < a_group; ++b) {
                std::vector<atr::Op> ops;
                for (int i = from + b * a_batch; i < from + (b + 1) * a_batch; ++i)
                    ops.push_back(invoice("k" + std::to_string(i), "s" + std::to_string(i % 10), i));
                group.push_back(batch(std::move(ops)));
            }
            for (const auto& one : store.commit(group)) need_commit(one, Outcome::ok, "a batch of 500 puts");
        }
    }
    Store store(t);
    std::size_t seen = 0;
    atr::Query query{.collection = "invoices", .index = "by_state", .limit = 1000};
    do {
        const auto page = need(store.query(query), "a page among a million");
        seen += page.records.size();
        query.cursor = page.next_cursor;
    } while (!query.cursor.empty());
    expect_equal(seen, static_cast<std::size_t>(records), "records, page by page");
    for (int i = 0; i < 1000; ++i) {
        const auto n = t.below(records);
        expect(!store.body("k" + std::to_string(n)).empty(), "record " + std::to_string(n) + " of a million", "absent");
        const auto found = need(store.query({.collection = "invoices",
                                             .index = "by_state",
                                             .eq = {atr::Value::of("s" + std::to_string(n % 10)), atr::Value::of(n)}}),
                                "query for one of a million");
        expect_equal(found.records.size(), std::size_t{1}, "records with that value");
    }
}

}  // namespace

Checks storage_thread_checks() {
    return {
        {.code = "ATR-STORAGE-100",
         .rule = "No update by compare-and-set is lost between eight threads.",
         .why = "Every lost update is a decision that was forgotten.",
         .pitfall = "A version read outside of the transaction that writes.",
         .advice = "Compare the version inside the writing transaction.",
         .run = compare_and_set,
         .stage = Stage::threads,
         .limit = std::chrono::seconds(60)},
        {.code = "ATR-STORAGE-101",
         .rule = "Of many who claim one key, one wins.",
         .why = "The claim is what keeps two hosts from paying one invoice.",
         .pitfall = "A look whether the key is free, then the put.",
         .advice = "A primary key decides, not a read before.",
         .run = one_claims,
         .stage = Stage::threads,
         .limit = std::chrono::seconds(60)},
        {.code = "ATR-STORAGE-102",
         .rule = "A CHECK holds until the commit.",
         .why = "Between the check and the commit somebody may press pause.",
         .pitfall = "READ COMMITTED without a lock on what was checked.",
         .advice = "Lock what is checked, or run serialisable: read committed lets two pass each other.",
         .run = checks_hold_until_commit,
         .stage = Stage::threads,
         .limit = std::chrono::seconds(60)},
        {.code = "ATR-STORAGE-103",
         .rule = "Concurrent transfers between bounded counters keep their sum.",
         .why = "The sum of all accounts is 0, always.",
         .pitfall = "Deadlocks answered with OK, or a half of a transfer that stays when the other loses.",
         .advice = "Lock keys in sorted order; never answer OK for a batch that was undone.",
         .run = sums_add_up,
         .stage = Stage::threads,
         .limit = std::chrono::seconds(60)},
        {.code = "ATR-STORAGE-104",
         .rule = "A million records are read page by page and one by one.",
         .why = "Books grow, and must stay as quick as they were.",
         .pitfall = "A look at every row, or OFFSET.",
         .advice = "Real indexes; keyset pages.",
         .run = a_million,
         .stage = Stage::threads,
         .when = When::full,
         .limit = std::chrono::seconds(1800)},
    };
}

}  // namespace atr::testkit
