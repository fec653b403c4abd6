// COUNTER collections: exact, bounded, changed by ADD alone.
#include "storage/store.hpp"
#include "storage/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;

const std::string largest(38, '9');

void exact(Context& t) {
    Store store(t);
    const std::string deltas[] = {"1", "99999999999999999999", "-5", "12345678901234567890123456789012345678"};
    for (const auto& delta : deltas) store.must(batch({add("sum", delta)}), "ADD " + delta);
    expect_equal(store.balance("sum"), "12345678901234567990123456789012345673", "the exact sum");
    store.must(batch({add("below", "-" + largest)}), "ADD of the smallest integer of 38 digits");
    expect_equal(store.balance("below"), "-" + largest, "the exact sum");
    store.must(batch({add("zero", "5"), add("zero", "-5")}), "ADD");
    expect_equal(store.balance("zero"), "0", "a sum of nothing");
}

void bounded(Context& t) {
    Store store(t);
    store.must(batch({add("sum", "10", "0", "10")}), "ADD up to the bound");
    need_commit(store.commit(batch({add("sum", "1", "0", "10")})), Outcome::conflict, "ADD above max",
                ATR_E_LIMIT_BREACHED);
    need_commit(store.commit(batch({add("sum", "-11", "0", "10")})), Outcome::conflict, "ADD below min",
                ATR_E_LIMIT_BREACHED);
    need_commit(store.commit(batch({add("new", "-1", "0", "")})), Outcome::conflict,
                "ADD below min of an absent counter", ATR_E_LIMIT_BREACHED);
    store.must(batch({add("sum", "-10", "0", "10")}), "ADD down to the bound");
    store.must(batch({add("sum", "-3")}), "ADD without bounds");
    expect_equal(store.balance("sum"), "-3", "the sum");
    const std::string wide = "99999999999999999999999999";
    store.must(batch({add("wide", wide, "", wide)}), "ADD up to a wide bound");
    need_commit(store.commit(batch({add("wide", "1", "", wide)})), Outcome::conflict, "ADD above a wide bound",
                ATR_E_LIMIT_BREACHED);
}

void never_overflows(Context& t) {
    Store store(t);
    store.must(batch({add("sum", largest)}), "ADD of the largest integer of 38 digits");
    const auto lost = store.commit(batch({add("sum", "1")}));
    expect(lost.outcome == Outcome::conflict || lost.outcome == Outcome::rejected, "an ADD beyond 38 digits is refused",
           to_text(lost));
    expect_equal(store.balance("sum"), largest, "the sum");
}

void judged_one_by_one(Context& t) {
    Store store(t);
    const auto results = store.commit({batch({add("sum", "7", "0", "10")}), batch({add("sum", "7", "0", "10")}),
                                       batch({add("sum", "-5", "0", "10")}), batch({add("sum", "7", "0", "10")})});
    const Outcome wanted[] = {Outcome::ok, Outcome::conflict, Outcome::ok, Outcome::ok};
    for (std::size_t i = 0; i < results.size(); ++i)
        need_commit(results[i], wanted[i], "ADD " + std::to_string(i) + " of +7 +7 -5 +7 within 0..10");
    expect_equal(store.balance("sum"), "9", "the sum of those that fitted");
    need_commit(store.commit(batch({add("sum", "2", "0", "10"), add("sum", "-2", "0", "10")})), Outcome::conflict,
                "a batch that leaves the bounds between its ops", ATR_E_LIMIT_BREACHED);
}

void two_processes(Context& t) {
    t.in_process([&] {
        Store(t).must(batch({add("funds", "100")}), "ADD");
        return std::string();
    });
    const int processes = t.scale(2, 4), tries = 200 / processes;
    const auto won = t.in_processes(processes, [&](int) {
        Store store(t);
        int out = 0;
        for (int i = 0; i < tries; ++i) {
            const auto one = store.commit(batch({add("funds", "-1", "0", ""), add("spent", "1")}));
            if (one.outcome == Outcome::ok)
                ++out;
            else if (one.outcome != Outcome::retry)
                need_commit(one, Outcome::conflict, "ADD of -1 with min 0", ATR_E_LIMIT_BREACHED);
            else
                --i;
        }
        return std::to_string(out);
    });
    int sum = 0;
    for (const auto& one : won) sum += std::stoi(one);
    expect_equal(sum, 100, "ADDs of -1 that several processes got out of 100");
    Store store(t);
    expect_equal(store.balance("funds"), "0", "what is left");
    expect_equal(store.balance("spent"), "100", "what was spent");
}

}  // namespace

Checks storage_counter_checks() {
    return {
        {"ATR-STORAGE-050", "Counters are exact integers of up to 38 digits.", "Counters are money.",
         "BIGINT, or a double on the way through JSON or SQL.", "No double, no 64-bit integer.", exact},
        {"ATR-STORAGE-051", "An ADD that would leave [min, max] is CONFLICT with ATR_E_LIMIT_BREACHED.",
         "Funds that are not there must not be promised.", "A bound taken as exclusive, or the error without its code.",
         "Both bounds are inclusive; an absent counter is 0.", bounded},
        {"ATR-STORAGE-052", "An ADD beyond 38 digits is refused.", "A sum that wraps is money from nowhere.",
         "NUMERIC without a bound, or a 128-bit integer that overflows.", "Never wrap or round.", never_overflows},
        {"ATR-STORAGE-053", "Bounds are judged op by op, in order.",
         "Each payment of a group must be covered when its turn comes.",
         "Deltas of one counter summed up, so that a later deposit covers an earlier payment.",
         "Do not sum the deltas of a group first.", judged_one_by_one},
        {"ATR-STORAGE-054", "Bounds hold between processes: funds for 100 pay exactly 100.",
         "Hosts on one database spend the same funds.", "A balance kept in memory, or read before it is locked.",
         "Read and write the counter under one lock or in one statement.", two_processes},
    };
}

}  // namespace atr::testkit
