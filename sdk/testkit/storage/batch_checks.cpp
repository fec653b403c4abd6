// Batches: atomic each, judged in order, with an outcome of their own.
#include "storage/store.hpp"
#include "storage/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;

void all_or_nothing(Context& t) {
    Store store(t);
    store.must(batch({invoice("there"), add("sum", "5")}), "put");
    const auto lost = store.commit(batch(
        {invoice("a"), add("sum", "1"), enqueue("job"), remove("there"), invoice("there", "no", 1, 99), invoice("b")},
        "lost-key", "f"));
    need_commit(lost, Outcome::conflict, "a batch whose fifth op expects another version");
    expect(store.body("a").empty() && store.body("b").empty(), "none of its puts", "a record");
    expect(!store.body("there").empty(), "its delete undone", "the record is gone");
    expect_equal(store.balance("sum"), "5", "its ADD undone");
    expect(need(store.lease("kit", "w", 10, 1000), "lease").empty(), "its job undone", "a job");
}

void names_the_losing_op(Context& t) {
    Store store(t);
    store.must(batch({invoice("there")}), "put");
    for (std::uint32_t place = 0; place < 3; ++place) {
        std::vector<atr::Op> ops = {invoice("a"), invoice("b"), invoice("c")};
        ops[place] = invoice("there", "no", 1, ATR_VER_ABSENT);
        const auto lost = store.commit(batch(ops));
        need_commit(lost, Outcome::conflict, "put-if-absent of a record that is there");
        expect_equal(lost.conflict_op, place, "conflict_op");
    }
}

void ops_see_each_other(Context& t) {
    Store store(t);
    const auto done = store.must(batch({invoice("a", "one", 1, ATR_VER_ABSENT), check("a", 1),
                                        invoice("a", "two", 1, 1), add("sum", "3"), add("sum", "4", "", "7")}),
                                 "a batch whose ops build on one another");
    expect(done.versions.size() == 5 && done.versions[0] == 1 && done.versions[2] == 2,
           "versions 1 and 2 of one record", "others");
    expect_equal(store.body("a"), invoice("a", "two").record.body, "the later put");
    expect_equal(store.balance("sum"), "7", "both ADDs");
}

void judged_in_order(Context& t) {
    Store store(t);
    std::vector<atr::Batch> group;
    for (std::uint64_t i = 0; i < 10; ++i)
        group.push_back(batch({invoice("a", "s" + std::to_string(i), 1, i), add("sum", "1", "", "10")}));
    const auto results = store.commit(group);
    for (std::size_t i = 0; i < results.size(); ++i)
        need_commit(results[i], Outcome::ok,
                    "batch " + std::to_string(i) + " of a group, which expects what the batch before it makes");
    expect_equal(store.record("invoices", "a").version, std::uint64_t{10},
                 "the version after ten batches of one group");
}

void neighbours_survive(Context& t) {
    Store store(t);
    store.must(batch({invoice("there")}), "put");
    const auto results = store.commit(
        {batch({invoice("a")}), batch({invoice("b"), invoice("there", "no", 1, ATR_VER_ABSENT)}),
         batch({invoice("c"), check("b", ATR_VER_ABSENT)}), batch({add("sum", "1", "", "0")}), batch({invoice("d")})});
    const Outcome wanted[] = {Outcome::ok, Outcome::conflict, Outcome::ok, Outcome::conflict, Outcome::ok};
    for (std::size_t i = 0; i < results.size(); ++i)
        need_commit(results[i], wanted[i], "batch " + std::to_string(i) + " of a group in which two lose");
    expect(!store.body("a").empty() && store.body("b").empty() && !store.body("c").empty() && !store.body("d").empty(),
           "the records of the three that won", "others");
}

void unique_index(Context& t) {
    Store store(t);
    const auto numbered = [](const std::string& key, const std::string& number) {
        return put("invoices", key, R"({"number":")" + number + "\"}");
    };
    store.must(batch({numbered("a", "RE-1")}), "put");
    const auto results = store.commit(
        {batch({numbered("b", "RE-2")}), batch({invoice("x"), numbered("c", "RE-1")}), batch({numbered("d", "RE-3")})});
    need_commit(results[0], Outcome::ok, "the neighbour before");
    need_commit(results[1], Outcome::conflict, "a second record with the same value in a unique index");
    expect_equal(results[1].conflict_op, 1u, "conflict_op");
    need_commit(results[2], Outcome::ok, "the neighbour behind a unique violation");
    expect(store.body("x").empty() && store.body("c").empty(), "nothing of the batch that lost", "a record");
    store.must(batch({numbered("a", "RE-1")}), "a put that keeps its own value");
    store.must(batch({remove("a"), numbered("e", "RE-1")}), "the value again, after its record was deleted");
}

void sequences_grow(Context& t) {
    Store store(t);
    std::uint64_t last = store.newest();
    for (int i = 0; i < 3; ++i)
        for (const auto& one : store.commit({batch({invoice("a")}), batch({invoice("b"), add("sum", "1")})})) {
            need_commit(one, Outcome::ok, "put");
            expect(one.commit_seq > last, "a commit_seq above " + std::to_string(last), std::to_string(one.commit_seq));
            last = one.commit_seq;
        }
    expect_equal(store.newest(), last, "the newest sequence that changes() tells");
}

void one_version_an_op(Context& t) {
    Store store(t);
    const auto done = store.must(batch({invoice("a"), check("a", 1), add("sum", "1"), remove("a")}), "four ops");
    expect_equal(done.versions.size(), std::size_t{4}, "n_versions");
}

void steps_by_strides(Context& t) {
    Store store(t);
    const auto results =
        store.commit({batch({invoice("a"), invoice("b"), add("sum", "1")}), batch({invoice("c")})}, Layout::newer_host);
    for (const auto& one : results) need_commit(one, Outcome::ok, "a commit from a host whose structs are larger");
    expect(!store.body("b").empty() && !store.body("c").empty(), "all its records", "not all");
    expect_equal(store.balance("sum"), "1", "its ADD");
}

void empty_ones(Context& t) {
    Store store(t);
    expect(store.commit(std::vector<atr::Batch>{}).empty(), "a group of no batches is OK", "results");
    const auto done = store.commit(batch({}));
    expect(done.outcome == Outcome::ok || done.outcome == Outcome::rejected, "a batch of no ops is OK or rejected",
           to_text(done));
    store.must(batch({invoice("a")}), "a commit after it");
}

void wrong_ops(Context& t) {
    Store store(t);
    auto unknown_op = invoice("a");
    unknown_op.op = 99;
    const atr::Op wrong[] = {unknown_op,
                             put("nowhere", "a", "{}"),
                             put("invoices", "", "{}"),
                             put("balances", "sum", "5"),
                             add("sum", "1.5"),
                             add("sum", "x"),
                             add("sum", "")};
    for (const auto& op : wrong) {
        const auto results = store.commit({batch({invoice("before")}), batch({op}), batch({invoice("after")})});
        need_commit(results[0], Outcome::ok, "the neighbour before");
        need_commit(
            results[1], Outcome::rejected,
            "op " + std::to_string(op.op) + " on " + op.record.collection + "/" + op.record.key + " " + op.delta);
        need_commit(results[2], Outcome::ok, "the neighbour behind");
    }
    auto add_to_records = add("a", "1");
    add_to_records.record.collection = "claims";
    need_commit(store.commit(batch({add_to_records})), Outcome::rejected, "ADD on a collection that is no COUNTER");
    expect_equal(store.balance("sum"), "0", "the counter");
}

}  // namespace

Checks storage_batch_checks() {
    return {
        {"ATR-STORAGE-020", "A batch is applied whole or not at all: records, counters, jobs.",
         "Half a payment is a payment without its ledger entry, or the other way round.",
         "A statement that failed inside the transaction, which is then committed.",
         "One transaction or savepoint a batch; undo all of it.", all_or_nothing},
        {"ATR-STORAGE-021", "conflict_op names the op that lost.",
         "The host learns from it which claim was lost: the duplicate's, or the policy's.",
         "A place counted among the records alone.", "Count ops from 0.", names_the_losing_op},
        {"ATR-STORAGE-022", "The ops of a batch see one another, in order.",
         "A batch may put a record and check it, or add to a counter twice.",
         "Ops sorted by their kind before they are applied.", "Judge them one after the other.", ops_see_each_other},
        {"ATR-STORAGE-023", "The batches of a group are judged in order, each seeing those before it.",
         "Payments that share one flush draw on the same funds.",
         "All batches judged against what was there before the group.",
         "Judge against the state the group has made so far, not the one it began with.", judged_in_order},
        {"ATR-STORAGE-024", "A batch that loses does not touch its neighbours.",
         "Strangers' payments share one flush; one that loses must not undo the others.",
         "One transaction without savepoints.", "Undo to a savepoint, not the group.", neighbours_survive},
        {"ATR-STORAGE-025", "A unique index refuses a second record of the same value, and only that batch.",
         "A unique index is how duplicates are found.",
         "In Postgres a violation, which aborts the transaction and all batches with it.",
         "A unique violation must not abort the transaction: ON CONFLICT, or a savepoint.", unique_index},
        {"ATR-STORAGE-026", "Every applied batch has a commit_seq above all before it.",
         "Caches, audit and followers of the feed order everything by it.",
         "A sequence of the database, which is given out before the commit and not in its order.",
         "Count under the writer's lock.", sequences_grow},
        {"ATR-STORAGE-027", "An applied batch has one entry an op in versions.",
         "The host goes on with the versions it was told, without reading again.",
         "Entries for puts alone, which shifts all behind them.", "0 where an op makes no version.", one_version_an_op},
        {"ATR-STORAGE-028", "Arrays are stepped by their strides, not by sizeof.",
         "A newer host's structs are longer than those the plugin was built with.",
         "ops[i], which steps by the plugin's own sizeof.", "Use op_stride, batch_stride, commit_stride.",
         steps_by_strides},
        {"ATR-STORAGE-029", "An empty group is OK; an empty batch is OK or rejected.",
         "A host that filters its batches may be left with none, and must not be brought down by that.",
         "A pointer to a first element that is not there.", "Answer before the first element is looked at.",
         empty_ones},
        {"ATR-STORAGE-030", "An op that makes no sense is REJECTED, and touches nothing.",
         "What cannot be right must not become state.",
         "An unknown op that is skipped, with the rest of the batch applied.",
         "A COUNTER changes by ADD alone, by whole numbers; other collections never by ADD.", wrong_ops},
    };
}

}  // namespace atr::testkit
