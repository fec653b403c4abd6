// Idempotency keys: how an UNKNOWN commit is found out.
#include "storage/store.hpp"
#include "storage/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;

void replays(Context& t) {
    Store store(t);
    const auto wanted = batch({invoice("a"), add("sum", "5"), enqueue("job", 60'000, "w")}, "key-1", "meaning");
    const auto first = store.must(wanted, "a commit with a key");
    expect(!first.replayed, "replayed is 0 at first", "1");
    for (int i = 0; i < 2; ++i) {
        const auto again = store.must(wanted, "the same once more");
        expect(again.replayed, "replayed is 1", "0");
        expect_equal(again.commit_seq, first.commit_seq, "the first commit_seq");
        expect(again.versions == first.versions, "the first versions", "others");
    }
    expect_equal(store.balance("sum"), "5", "the ADD, applied once");
    expect_equal(store.record("invoices", "a").version, std::uint64_t{1}, "the version, after one put");
}

void within_a_group(Context& t) {
    Store store(t);
    const auto one = batch({add("sum", "5")}, "key-1", "f");
    const auto results = store.commit({one, batch({add("other", "1")}), one});
    for (const auto& result : results) need_commit(result, Outcome::ok, "a group with one batch twice");
    expect(results[2].replayed && results[2].commit_seq == results[0].commit_seq, "the second one is a replay",
           "it is not");
    expect_equal(store.balance("sum"), "5", "the ADD, applied once");
}

void other_meaning(Context& t) {
    Store store(t);
    store.must(batch({add("sum", "5")}, "key-1", "five"), "a commit with a key");
    need_commit(store.commit(batch({add("sum", "6")}, "key-1", "six")), Outcome::rejected,
                "the same key with another fingerprint", ATR_E_IDEMPOTENCY_MISMATCH);
    const auto again = store.must(batch({add("sum", "7")}, "key-1", "five"), "the same fingerprint, other bytes");
    expect(again.replayed, "a replay: the fingerprint is of the meaning", "applied anew");
    expect_equal(store.balance("sum"), "5", "the ADD, applied once");
}

void only_ok_is_kept(Context& t) {
    Store store(t);
    store.must(batch({invoice("there")}), "put");
    const auto lost = batch({add("sum", "1"), invoice("there", "no", 1, ATR_VER_ABSENT)}, "key-1", "f");
    need_commit(store.commit(lost), Outcome::conflict, "a batch that loses");
    store.must(batch({remove("there")}), "delete");
    const auto won = store.must(lost, "the same batch, once nothing is in its way");
    expect(!won.replayed, "it is judged anew: only OK is remembered", "a replay");
}

void keys_survive_restart(Context& t) {
    const auto wanted = batch({add("sum", "5")}, "key-1", "f");
    const auto commit = [&] {
        Store store(t);
        const auto done = store.must(wanted, "a commit with a key");
        return std::to_string(done.commit_seq) + (done.replayed ? " replayed" : "");
    };
    const auto first = t.in_process(commit);
    expect_equal(t.in_process(commit), first + " replayed", "the first result, from another process");
}

void keys_expire(Context& t) {
    Store store(t);
    auto wanted = batch({add("sum", "1")}, "key-1", "f");
    wanted.key_expires_unix_ms = now_ms() + 300;
    store.must(wanted, "a commit with a key that expires soon");
    wanted.key_expires_unix_ms = now_ms() + 600'000;
    const bool anew = eventually([&] { return !store.must(wanted, "the same once more").replayed; });
    expect(anew, "applied anew once the key has expired", "replayed for ever");
    expect_equal(store.balance("sum"), "2", "applied once before and once after");
    expect(store.must(wanted, "and again").replayed, "the new key is kept", "it is not");
}

void keys_are_readable(Context& t) {
    Store store(t);
    store.must(batch({invoice("a"), enqueue("job-1")}, "key-1", "f"), "put");
    expect_equal(store.all({.collection = "atr.keys"}).size(), std::size_t{1}, "records of atr.keys");
    const auto jobs = store.all({.collection = "atr.jobs"});
    expect(jobs.size() == 1 && jobs[0].key == "job-1", "the job as a record of atr.jobs", std::to_string(jobs.size()));
    expect_equal(store.record("atr.keys", "key-1").key, "key-1", "a key read by get()");
}

void twice_at_once(Context& t) {
    Store store(t);
    const int rounds = t.scale(10, 50);
    for (int round = 0; round < rounds; ++round) {
        const auto wanted = batch({add("sum", "1")}, "key-" + std::to_string(round), "f");
        in_threads(4, [&](int) { store.must(wanted, "one batch from several threads"); });
    }
    expect_equal(store.balance("sum"), std::to_string(rounds), "each batch, applied once");
}

}  // namespace

Checks storage_key_checks() {
    return {
        {"ATR-STORAGE-040", "A batch repeated under its key is applied once, and answers as the first time.",
         "It is how UNKNOWN is resolved: the host sends the batch again and learns what became of it.",
         "The key kept without the first answer.",
         "Keep commit_seq and versions with the key, in the same transaction.", replays},
        {"ATR-STORAGE-041", "A repeat within one group is a replay too.",
         "A repeat may overtake its first, and both are flushed together.",
         "Keys looked up in what is committed, and not in the group.", "Judge it after its first.", within_a_group},
        {"ATR-STORAGE-042", "A key used for something else is REJECTED with ATR_E_IDEMPOTENCY_MISMATCH.",
         "Two meanings under one key is a mistake that must be seen, not answered with the other one's success.",
         "A key that is compared alone.", "Compare fingerprints, not bytes.", other_meaning},
        {"ATR-STORAGE-043", "Only OK is remembered.", "A batch that lost may be decided anew and sent again.",
         "The key written before the batch is judged, or outside of its savepoint.",
         "Write the key with what it stands for, or not at all.", only_ok_is_kept},
        {"ATR-STORAGE-044", "Keys outlive the process.", "The repeat comes from the host that took over.",
         "A map in memory.", "Keep them in the store, not in memory.", keys_survive_restart},
        {"ATR-STORAGE-045", "A key counts until key_expires_unix_ms, and then no more.",
         "Within its time a repeat must be known; after it the key may be used again.",
         "A cleaning job alone, or keys removed too early.", "Judge expiry when it is looked up.", keys_expire},
        {"ATR-STORAGE-046", "Keys and jobs are readable as the collections atr.keys and atr.jobs.",
         "Copies, backups and operators read them like all else.",
         "Tables of their own that get() and query() do not know.", "Answer get() and query() for them.",
         keys_are_readable},
        {.code = "ATR-STORAGE-047",
         .rule = "One batch sent by several threads at once is applied once.",
         .why = "A client that hears nothing sends again while the first is still at work.",
         .pitfall = "A look for the key before the writer's lock.",
         .advice = "A key that is in flight must be waited for, or be found by a unique index.",
         .run = twice_at_once,
         .stage = Stage::threads},
    };
}

}  // namespace atr::testkit
