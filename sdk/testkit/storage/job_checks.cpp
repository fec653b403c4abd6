// Jobs: leases, fencing tokens, born leased.
#include <map>
#include <mutex>

#include "storage/store.hpp"
#include "storage/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;

constexpr std::int64_t long_lease = 120'000, short_lease = 200;

std::vector<atr::Job> lease(Store& store, const std::string& worker, std::int64_t ms = long_lease,
                            std::uint32_t max = 10) {
    return need(store.lease("kit", worker, max, ms), "lease");
}

/// Leases until a job comes: others' leases end by the store's own clock.
atr::Job lease_one(Store& store, const std::string& worker, std::int64_t ms = long_lease) {
    std::vector<atr::Job> jobs;
    expect(eventually([&] { return !(jobs = lease(store, worker, ms, 1)).empty(); }), "a job that is due is leased",
           "none within 15 s");
    return jobs.front();
}

void gives_jobs(Context& t) {
    Store store(t);
    store.must(batch({enqueue("a"), enqueue("b"), enqueue("c")}), "enqueue");
    expect(need(store.lease("other", "w", 10, long_lease), "lease").empty(), "no jobs in another queue", "some");
    const auto jobs = lease(store, "w", long_lease, 2);
    expect_equal(jobs.size(), std::size_t{2}, "jobs, where at most 2 are asked for");
    for (const auto& job : jobs) {
        expect_equal(job.queue, "kit", "queue");
        expect_equal(job.body, enqueue(job.id).record.body, "body");
        expect_equal(job.attempt, 1u, "attempt");
        expect(job.lease_token != 0, "a lease token", "0");
        expect(job.lease_until_unix_ms > now_ms(), "lease_until_unix_ms ahead",
               std::to_string(job.lease_until_unix_ms));
    }
    expect_equal(lease(store, "w2").size(), std::size_t{1}, "the job that is left");
    expect(lease(store, "w3").empty(), "none once all are leased", "some");
}

void in_due_time(Context& t) {
    Store store(t);
    store.must(batch({enqueue("later", 0, "", now_ms() + 3'600'000), enqueue("now", 0, "", now_ms() - 1000)}),
               "enqueue");
    const auto jobs = lease(store, "w");
    expect(jobs.size() == 1 && jobs[0].id == "now", "only the job that is due", std::to_string(jobs.size()) + " jobs");
}

void taken_over(Context& t) {
    Store store(t);
    store.must(batch({enqueue("a")}), "enqueue");
    const auto first = lease_one(store, "w1", short_lease);
    const auto second = lease_one(store, "w2");
    expect_equal(second.attempt, first.attempt + 1, "attempt");
    expect(second.lease_token > first.lease_token, "a token above " + std::to_string(first.lease_token),
           std::to_string(second.lease_token));
    for (const auto& op : {job_done("a", first.lease_token), reschedule("a", first.lease_token, 0)})
        need_commit(store.commit(batch({op, add("sum", "1")})), Outcome::conflict,
                    "an op with the token of a lease that another has taken over", ATR_E_LEASE_LOST);
    expect_equal(store.balance("sum"), "0", "nothing of a batch without its lease");
    store.must(batch({job_done("a", second.lease_token), add("sum", "1")}), "done, by the holder");
    need_commit(store.commit(batch({job_done("a", second.lease_token)})), Outcome::conflict, "done, a second time",
                ATR_E_LEASE_LOST);
}

void born_leased(Context& t) {
    Store store(t);
    const auto made = store.must(batch({invoice("i"), enqueue("a", long_lease, "w")}), "enqueue with a lease");
    expect(made.versions.size() == 2 && made.versions[1] != 0, "the lease token in versions", "none");
    expect(lease(store, "w2").empty(), "no other gets it", "one does");
    store.must(batch({job_done("a", made.versions[1])}), "done with that token");
    const auto brief = store.must(batch({enqueue("b", short_lease, "w")}), "enqueue with a short lease");
    const auto taken = lease_one(store, "w2");
    expect_equal(taken.attempt, 2u, "attempt of one that was born leased");
    need_commit(store.commit(batch({job_done("b", brief.versions[0])})), Outcome::conflict,
                "done with the token it was born with", ATR_E_LEASE_LOST);
}

void rescheduled(Context& t) {
    Store store(t);
    store.must(batch({enqueue("a")}), "enqueue");
    const auto first = lease_one(store, "w");
    store.must(batch({reschedule("a", first.lease_token, now_ms() + 400)}), "reschedule");
    need_commit(store.commit(batch({job_done("a", first.lease_token)})), Outcome::conflict,
                "done with a lease that was given back", ATR_E_LEASE_LOST);
    const auto second = lease_one(store, "w2");
    expect_equal(second.body, first.body, "the body, kept");
    store.must(batch({reschedule("a", second.lease_token, now_ms() + 3'600'000)}), "reschedule far ahead");
    expect(lease(store, "w3").empty(), "none before run_at", "one");
}

void extended(Context& t) {
    Store store(t);
    store.must(batch({enqueue("a"), enqueue("b"), enqueue("c")}), "enqueue");
    const auto mine = lease(store, "me", 3000, 2);
    const auto other = lease(store, "other", short_lease, 1);
    expect_equal(need(store.extend_leases("me", long_lease), "extend_leases"), 2u, "leases held");
    expect_equal(need(store.extend_leases("nobody", long_lease), "extend_leases"), 0u, "leases of nobody");
    lease_one(store, "thief");  // the other's ends; the thief gets exactly that one
    expect(lease(store, "thief").empty(), "what was extended is not taken", "it is");
    expect_equal(need(store.extend_leases("other", long_lease), "extend_leases"), 0u,
                 "leases held by a worker who lost his only one");
    for (const auto& job : mine) store.must(batch({job_done(job.id, job.lease_token)}), "done with an extended lease");
}

void same_id(Context& t) {
    Store store(t);
    store.must(batch({enqueue("a")}), "enqueue");
    need_commit(store.commit(batch({enqueue("a"), add("sum", "1")})), Outcome::conflict,
                "enqueue of an id that is there");
    expect_equal(store.balance("sum"), "0", "nothing of that batch");
}

void each_once(Context& t) {
    Store store(t);
    const int jobs = t.scale(100, 400);
    std::vector<atr::Op> ops;
    for (int i = 0; i < jobs; ++i) ops.push_back(enqueue("job" + std::to_string(i)));
    store.must(batch(ops), "enqueue");
    std::mutex mutex;
    std::map<std::string, int> seen;
    in_threads(8, [&](int thread) {
        for (;;) {
            const auto some = lease(store, "w" + std::to_string(thread), long_lease, 7);
            if (some.empty()) return;
            const std::lock_guard lock(mutex);
            for (const auto& job : some) ++seen[job.id];
        }
    });
    for (const auto& [id, times] : seen)
        expect(times == 1, "a job is leased to one worker", id + " to " + std::to_string(times));
    expect_equal(seen.size(), static_cast<std::size_t>(jobs), "jobs leased by eight threads");
}

}  // namespace

Checks storage_job_checks() {
    return {
        {"ATR-STORAGE-070", "lease() gives jobs of its queue, whole, at most max, each to one worker.",
         "Two workers with one job send the same payment.", "A read and a mark in two transactions.",
         "Mark a job leased in the transaction that reads it.", gives_jobs},
        {"ATR-STORAGE-071", "A job is not leased before its run_at.",
         "Retries wait, so that a rail that is down is left alone.",
         "Seconds compared with milliseconds, or another clock than the one that writes run_at.",
         "Compare run_at with the clock that ends leases, both in milliseconds.", in_due_time},
        {"ATR-STORAGE-072",
         "When a lease ends the job is another's, and the old token is refused with ATR_E_LEASE_LOST.",
         "A host that stalled and wakes up must not write over what its successor did.",
         "A lease that is compared by its worker's name, which may be the same again.",
         "Compare the token in the same transaction; tokens only grow.", taken_over},
        {"ATR-STORAGE-073", "A job enqueued with lease_ms is born leased, its token in versions.",
         "The host that accepts a payment goes on with it at once, and nobody else may.",
         "A job enqueued free and leased in a second step.", "Write the lease with the job.", born_leased},
        {"ATR-STORAGE-074", "JOB_RESCHEDULE gives the lease back; the job is due at run_at.",
         "A payment that must wait is given back to whoever is free then.",
         "The lease left in place, so that nobody takes the job until it ends.",
         "Clear the worker and the end of the lease; the count of tokens goes on growing.", rescheduled},
        {"ATR-STORAGE-075", "extend_leases() renews all leases of a worker that still hold, and counts them.",
         "One call keeps all of a host's work alive; a lease that ended may be another's already.",
         "Every row of the worker renewed, those that have ended too.", "Renew by worker; never one that has ended.",
         extended},
        {"ATR-STORAGE-076", "A job's id is enqueued once.", "One payment has one job.",
         "INSERT that ignores the conflict, or replaces the job that is running.", "Answer CONFLICT where it is there.",
         same_id},
        {.code = "ATR-STORAGE-077",
         .rule = "Many workers at once get every job once.",
         .why = "A job lost is a payment that never ends; one given twice is sent twice.",
         .pitfall = "Rows picked without a lock, then marked.",
         .advice = "SKIP LOCKED, or one writer.",
         .run = each_once,
         .stage = Stage::threads},
    };
}

}  // namespace atr::testkit
