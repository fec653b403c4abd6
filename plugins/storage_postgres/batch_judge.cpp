#include "batch_judge.hpp"

#include <algorithm>

namespace storage_postgres {
namespace {
using atr::conflict;
using atr::Result;

std::string place_of(const PreparedOp& op) {
    return op.collection->name + "/" + std::string(op.key);
}

std::string expected_text(const PreparedOp& op) {
    if (op.expect_version == ATR_VER_ABSENT) return "to be absent";
    if (op.expect_version == ATR_VER_ANY) return "to be there";
    return "at version " + std::to_string(op.expect_version);
}

atr::Error version_lost(const PreparedOp& op, std::uint64_t present) {
    return conflict(ATR_E_UNSPEC, place_of(op) + ": expected " + expected_text(op) + ", it is " +
                                      (present == 0 ? "absent" : "at version " + std::to_string(present)));
}

atr::Error lease_lost(const PreparedOp& op) {
    return conflict(ATR_E_LEASE_LOST, "job " + std::string(op.key) + ": lease token " + std::to_string(op.lease_token) +
                                          " no longer holds it");
}

/// An addition that was let pass, though it may be the first op to lose.
bool adds_before(const PreparedBatch& batch, std::size_t op) {
    return std::any_of(batch.ops.begin(), batch.ops.begin() + static_cast<std::ptrdiff_t>(op),
                       [](const PreparedOp& earlier) { return earlier.op == ATR_OP_ADD; });
}

}  // namespace

atr::Commit BatchJudge::judge(const PreparedBatch& batch, std::size_t place) {
    first_of_replay.reset();
    atr::Commit out;
    if (batch.refusal) {
        out.outcome = batch.refusal->outcome;
        out.error = *batch.refusal;
        out.conflict_op = batch.refused_op;
        return out;
    }
    if (auto first = replay(batch)) return std::move(*first);
    out.versions.reserve(batch.ops.size());
    for (std::size_t i = 0; i < batch.ops.size(); ++i) {
        auto version = apply(batch.ops[i]);
        if (version) {
            out.versions.push_back(*version);
            continue;
        }
        // A loss may rest on an assumption, or hide that this very batch was applied before.
        if (!state_.records_read) throw MustRead{};
        if (!state_.counters_read && adds_before(batch, i)) throw MustRead{.counters = true};
        state_.undo_batch();
        out.outcome = version.outcome();
        out.error = std::move(version.error());
        out.conflict_op = static_cast<std::uint32_t>(i);
        out.versions.clear();
        return out;
    }
    if (!batch.idempotency_key.empty())
        state_.keys[batch.idempotency_key] = FirstResult{std::string(batch.fingerprint), 0, out.versions, place};
    state_.keep_batch();
    out.outcome = atr::Outcome::ok;
    return out;
}

std::optional<atr::Commit> BatchJudge::replay(const PreparedBatch& batch) {
    if (batch.idempotency_key.empty()) return std::nullopt;
    const auto& first = state_.keys[batch.idempotency_key];
    if (!first) return std::nullopt;
    atr::Commit out;
    if (first->fingerprint != batch.fingerprint) {
        out.outcome = atr::Outcome::rejected;
        out.error = atr::rejected(ATR_E_IDEMPOTENCY_MISMATCH,
                                  "idempotency key " + batch.idempotency_key + " was used for something else");
        return out;
    }
    out.outcome = atr::Outcome::ok;
    out.replayed = true;
    out.commit_seq = first->commit_seq;
    out.versions = first->versions;
    first_of_replay = first->batch;
    return out;
}

Result<std::uint64_t> BatchJudge::apply(const PreparedOp& op) {
    switch (op.op) {
        case ATR_OP_CHECK:
            return check(op);
        case ATR_OP_PUT:
            return put(op);
        case ATR_OP_DELETE:
            return remove(op);
        case ATR_OP_JOB_ENQUEUE:
            return enqueue(op);
        case ATR_OP_JOB_DONE:
            return finish(op);
        case ATR_OP_JOB_RESCHEDULE:
            return reschedule(op);
        default:
            return add(op);
    }
}

RecordState& BatchJudge::record_of(const PreparedOp& op) {
    RecordState& state = state_.records[op.collection->id][op.stored];
    if (!state.known) {
        state.known = true;
        state.before = state.version = op.expect_version;
    }
    return state;
}

Result<std::uint64_t> BatchJudge::check(const PreparedOp& op) {
    const std::uint64_t present = record_of(op).version;
    const bool holds = op.expect_version == ATR_VER_ANY ? present != 0 : present == op.expect_version;
    if (!holds) return version_lost(op, present);
    return present;
}

Result<std::uint64_t> BatchJudge::put(const PreparedOp& op) {
    RecordState& state = record_of(op);
    if (op.expect_version != ATR_VER_ANY && state.version != op.expect_version) return version_lost(op, state.version);
    auto unique = unique_values(*op.collection, op.cells);
    for (const auto& value : unique) {
        const auto holder = state_.holders.find(value);
        if (holder != state_.holders.end() && !holder->second.empty() && holder->second != op.stored)
            return conflict(ATR_E_DUPLICATE, place_of(op) + ": another record has the same value in a unique index");
    }
    state_.save(state);
    for (const auto& value : state.unique) state_.free_holder(value);
    for (const auto& value : unique) state_.set_holder(value, op.stored);
    state.unique = std::move(unique);
    state.put = &op;
    state.written = true;
    return ++state.version;
}

Result<std::uint64_t> BatchJudge::remove(const PreparedOp& op) {
    RecordState& state = record_of(op);
    if (op.expect_version != ATR_VER_ANY && state.version != op.expect_version) return version_lost(op, state.version);
    state_.save(state);
    for (const auto& value : state.unique) state_.free_holder(value);
    state.unique.clear();
    state.put = nullptr;
    state.written = true;
    state.version = 0;
    return std::uint64_t{0};
}

Result<std::uint64_t> BatchJudge::add(const PreparedOp& op) {
    CounterState& state = state_.counters[op.collection->id][op.stored];
    state_.save(state);
    switch (state.add(op.delta, op.min, op.max)) {
        case CounterState::Verdict::fits:
            return std::uint64_t{0};
        case CounterState::Verdict::depends:
            throw MustRead{.counters = true};
        case CounterState::Verdict::breaches:
            break;
    }
    return conflict(ATR_E_LIMIT_BREACHED, place_of(op) + ": adding would leave the bounds");
}

JobState& BatchJudge::job_of(const PreparedOp& op) {
    JobState& state = state_.jobs[op.stored];
    if (!state.known) {
        state.known = true;
        state.there_before = state.there = op.op != ATR_OP_JOB_ENQUEUE;
        state.token_before = state.token = op.op != ATR_OP_JOB_ENQUEUE ? op.lease_token : 0;
    }
    return state;
}

Result<std::uint64_t> BatchJudge::enqueue(const PreparedOp& op) {
    JobState& state = job_of(op);
    if (state.there) return conflict(ATR_E_UNSPEC, "job " + std::string(op.key) + " is already there");
    state_.save(state);
    state.there = state.written = true;
    state.enqueued = &op;
    state.rescheduled = nullptr;
    state.token = 0;  // that of a job born leased is known to nobody before the commit
    state.born_token = op.lease_ms > 0 ? next_token_() : 0;
    return state.born_token;
}

JobState* BatchJudge::leased_job_of(const PreparedOp& op) {
    JobState& state = job_of(op);
    const bool holds = state.there && op.lease_token != 0 && state.token == op.lease_token;
    return holds ? &state : nullptr;
}

Result<std::uint64_t> BatchJudge::finish(const PreparedOp& op) {
    JobState* state = leased_job_of(op);
    if (!state) return lease_lost(op);
    state_.save(*state);
    state->written = true;
    state->there = false;
    state->token = 0;
    state->enqueued = state->rescheduled = nullptr;
    return std::uint64_t{0};
}

Result<std::uint64_t> BatchJudge::reschedule(const PreparedOp& op) {
    JobState* state = leased_job_of(op);
    if (!state) return lease_lost(op);
    state_.save(*state);
    state->written = true;
    state->token = 0;
    state->rescheduled = &op;
    return std::uint64_t{0};
}

}  // namespace storage_postgres
