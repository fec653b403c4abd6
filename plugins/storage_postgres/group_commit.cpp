#include "group_commit.hpp"

#include <algorithm>
#include <iterator>

#include "batch_judge.hpp"
#include "group_reader.hpp"
#include "group_writer.hpp"

namespace storage_postgres {
namespace {

constexpr int careful_after_a_loss = 16;
constexpr int most_attempts = 60;
constexpr std::size_t nowhere = SqlError::nowhere;

/// Thrown by run(): what failed, and whether COMMIT was on its way.
struct CommitFailed {
    SqlError error;
    bool perhaps_applied;
};

/// The server ends a COMMIT it has begun with an error only when it is going down or out of reach.
bool may_have_committed(const SqlError& error, std::size_t commit_place) {
    if (error.lost()) return true;
    return error.statement() == commit_place && (error.is_class("57") || error.is_class("08"));
}

std::size_t born_leased(const std::vector<PreparedBatch>& batches) {
    std::size_t out = 0;
    for (const auto& batch : batches)
        for (const auto& op : batch.ops) out += op.op == ATR_OP_JOB_ENQUEUE && op.lease_ms > 0;
    return out;
}

void append(std::vector<Statement>& to, std::vector<Statement> from) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
}

std::vector<PreparedBatch> prepare_all(const Catalog& catalog, std::span<const atr::Batch> batches) {
    std::vector<PreparedBatch> out;
    out.reserve(batches.size());
    for (const auto& batch : batches) out.push_back(prepare(catalog, batch));
    return out;
}

/// What the applied batches of a group leave behind them.
struct Applied {
    std::size_t commits = 0;
    ChangeList changes;
    KeyList keys;

    void add(const PreparedBatch& batch, const atr::Commit& result) {
        for (const auto& op : batch.ops)
            if (op.op != ATR_OP_CHECK) changes.add(commits, op.collection->id, op.stored);
        if (!batch.idempotency_key.empty()) {
            changes.add(commits, keys_collection_id, batch.idempotency_key);
            keys.add(commits, batch.idempotency_key, batch.fingerprint, result.versions, batch.key_expires_ms);
        }
        ++commits;
    }
};

/// A group as it was judged, before anything is written.
struct Judged {
    std::vector<atr::Commit> results;
    Applied applied;
    std::vector<std::pair<std::size_t, std::size_t>> sequenced;  ///< place in the group, place among the applied

    /// `last`: the sequence of the last applied batch.
    void set_sequences(std::uint64_t last) {
        for (const auto& [result, place] : sequenced) results[result].commit_seq = last - applied.commits + 1 + place;
    }
};

Judged judge_all(GroupState& state, const std::vector<PreparedBatch>& batches, std::vector<std::uint64_t> tokens) {
    BatchJudge judge(state, [&tokens] {
        const auto token = tokens.back();
        tokens.pop_back();
        return token;
    });
    Judged out;
    std::map<std::size_t, std::size_t> places;
    for (std::size_t i = 0; i < batches.size(); ++i) {
        out.results.push_back(judge.judge(batches[i], i));
        const atr::Commit& result = out.results.back();
        if (judge.first_of_replay) out.sequenced.emplace_back(i, places[*judge.first_of_replay]);
        if (result.outcome != atr::Outcome::ok || result.replayed) continue;
        places[i] = out.applied.commits;
        out.sequenced.emplace_back(i, out.applied.commits);
        out.applied.add(batches[i], result);
    }
    return out;
}

/// What the transaction itself raised because the world is not as it was assumed; judging again may help at once.
bool is_judged_again(const SqlError& error) {
    return error.is(sqlstate::records_moved) || error.is(sqlstate::counters_moved) ||
           error.is(sqlstate::schema_moved) || error.is(sqlstate::unique_violation) || error.is_class("40") ||
           error.is("0A000");
}

/// A column or table that is not there: another host's migration dropped it.
bool is_schema_gone(const SqlError& error) {
    return error.is_class("42") && !error.is("42501");
}

void tell(atr::Commit& result, const atr::Error& error) {
    result.outcome = error.outcome;
    result.error = error;
}

}  // namespace

atr::Result<> GroupCommit::commit(std::span<const atr::Batch> batches, std::span<atr::Commit> results,
                                  Deadline deadline) {
    auto done = attempt(batches, results, deadline);
    if (done || !may_be_one_batchs(done.error())) return done;
    if (batches.size() > 1)
        commit_alone(batches, results, deadline);
    else
        tell(results.front(), done.error());
    return {};
}

/// What the database does not take must not keep its neighbours out. Each has an end of its own: what fails one says
/// nothing of those that are durable by then.
void GroupCommit::commit_alone(std::span<const atr::Batch> batches, std::span<atr::Commit> results, Deadline deadline) {
    for (std::size_t i = 0; i < batches.size(); ++i) {
        const auto done = attempt_alone(batches.subspan(i, 1), results.subspan(i, 1), deadline);
        if (!done) tell(results[i], done.error());
    }
}

atr::Result<> GroupCommit::attempt_alone(std::span<const atr::Batch> batch, std::span<atr::Commit> result,
                                         Deadline deadline) {
    try {
        return attempt(batch, result, deadline);
    } catch (const SqlError& error) {
        return to_error(error, atr::Outcome::retry);  // outside a transaction: connecting, or reading the catalog
    }
}

/// Rejected: the database refuses something of the group for good.
atr::Result<> GroupCommit::attempt(std::span<const atr::Batch> batches, std::span<atr::Commit> results,
                                   Deadline deadline) {
    Certainty certainty = expected();
    auto session = pool_.take(deadline);
    if (!session) return session.error();
    auto catalog = schema_.get();
    if (catalog->generation == 0) catalog = schema_.load(**session, deadline);
    auto prepared = prepare_all(*catalog, batches);
    for (int tries = 1;; ++tries) {
        try {
            auto done = run(**session, *catalog, prepared, certainty, deadline);
            std::move(done.begin(), done.end(), results.begin());
            return {};
        } catch (const MustRead& must) {
            (must.counters ? certainty.counters : certainty.records) = true;
            if (must.counters) careful_counters_ = careful_after_a_loss;
        } catch (const CommitFailed& failed) {
            const SqlError& error = failed.error;
            if (failed.perhaps_applied) return to_error(error, atr::Outcome::unknown);
            if (!is_judged_again(error) && !is_schema_gone(error))
                return to_error(error, may_pass(error) ? atr::Outcome::retry : atr::Outcome::rejected);
            if (tries >= most_attempts) return gave_up(error, results);
            learn(error, certainty);
            if (error.is(sqlstate::schema_moved) || is_schema_gone(error)) {
                if (!session.value()->roll_back(deadline)) return to_error(error, atr::Outcome::retry);
                catalog = schema_.load(**session, deadline);
                prepared = prepare_all(*catalog, batches);
            }
        }
        if (!session.value()->roll_back(deadline) || std::chrono::steady_clock::now() >= deadline)
            return atr::retry(ATR_E_TIMEOUT, "the group could not be judged before its deadline");
    }
}

/// What a failed attempt teaches about the next, and about the next groups.
void GroupCommit::learn(const SqlError& error, Certainty& certainty) {
    if (error.is(sqlstate::records_moved) || error.is(sqlstate::unique_violation)) {
        certainty.records = certainty.counters = true;  // one who loses a record behind an addition needs both
        careful_records_ = careful_after_a_loss;
    }
    if (error.is(sqlstate::counters_moved)) {
        certainty.counters = true;
        careful_counters_ = careful_after_a_loss;
    }
}

/// A unique value that stands in the way of every attempt is one that two records of a batch exchange.
atr::Result<> GroupCommit::gave_up(const SqlError& error, std::span<atr::Commit> results) {
    if (!error.is(sqlstate::unique_violation) || error.is_key_taken())
        return to_error(error,
                        is_schema_gone(error) && !may_pass(error) ? atr::Outcome::rejected : atr::Outcome::retry);
    if (results.size() > 1) return to_error(error, atr::Outcome::rejected);  // told to commit() alone
    results[0].outcome = atr::Outcome::conflict;
    results[0].error = atr::conflict(ATR_E_DUPLICATE, error.what());
    return {};
}

GroupCommit::Certainty GroupCommit::expected() const {
    return {.records = careful_records_ > 0, .counters = careful_counters_ > 0};
}

GroupCommit::Results GroupCommit::run(Session& session, const Catalog& catalog,
                                      const std::vector<PreparedBatch>& batches, Certainty certainty,
                                      Deadline deadline) {
    std::size_t commit_place = nowhere;
    try {
        GroupState state(batches);
        state.records_read = certainty.records;
        state.counters_read = certainty.counters;
        auto tokens = tokens_.take(session, born_leased(batches), deadline);
        std::vector<Statement> statements = session.begin_write(deadline);
        GroupReader reader(catalog, state, clock_);
        if (auto reads = reader.statements(batches); !reads.empty()) {
            const std::size_t first = statements.size();
            append(statements, std::move(reads));
            const auto rows = session.run(std::move(statements), deadline);
            reader.take(rows.data() + first);
            statements.clear();
            statements.push_back(session.time_limit(deadline));
        }
        Judged judged = judge_all(state, batches, std::move(tokens));
        if (judged.applied.commits == 0) return std::move(judged.results);
        GroupWriter writer(catalog, state, clock_);
        append(statements, writer.writes());
        const std::size_t feed_place = statements.size();
        const auto how = certainty.records ? FeedEntry::Keys::perhaps_used_before : FeedEntry::Keys::new_to_all;
        statements.push_back(FeedEntry::statement(judged.applied.commits, catalog.generation, judged.applied.changes,
                                                  judged.applied.keys, how, clock_));
        append(statements, writer.proofs());
        commit_place = statements.size();
        statements.push_back({"COMMIT"});
        const auto rows = session.run(std::move(statements), deadline);
        judged.set_sequences(rows[feed_place].number(0, 0));
        if (careful_records_ > 0 && certainty.records) --careful_records_;
        if (careful_counters_ > 0 && certainty.counters) --careful_counters_;
        return std::move(judged.results);
    } catch (const SqlError& error) {
        throw CommitFailed{error, commit_place != nowhere && may_have_committed(error, commit_place)};
    }
}

}  // namespace storage_postgres
