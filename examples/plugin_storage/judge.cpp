#include "judge.hpp"

namespace journal_storage {

namespace {

using Judged = atr::Result<std::uint64_t>;

/// Where the last lease token is kept: a row of no collection, which no query sees.
const Place last_token{"", "last_token"};

std::uint64_t next_token(const Rows& rows, const Changes& pending, Changes& changes) {
    const Row* row = rows.find(last_token, &changes);
    if (!row) row = rows.find(last_token, &pending);
    const std::uint64_t out = (row ? row->version : 0) + 1;
    changes[last_token] = Row{.version = out};
    return out;
}

class BatchJudge {
public:
    BatchJudge(const Rows& rows, std::int64_t now_ms) : rows_(rows), now_ms_(now_ms) {}

    Judged judge(const atr::Op& op) {
        switch (op.op) {
            case ATR_OP_JOB_ENQUEUE:
                return enqueue(op);
            case ATR_OP_JOB_DONE:
            case ATR_OP_JOB_RESCHEDULE:
                return end_lease(op);
            case ATR_OP_CHECK:
            case ATR_OP_PUT:
            case ATR_OP_DELETE:
            case ATR_OP_ADD:
                return judge_record(op);
            default:
                return bad_input("unknown op " + std::to_string(op.op));
        }
    }
    Changes changes;

private:
    Judged judge_record(const atr::Op& op) {
        const auto* collection = rows_.definition(op.record.collection);
        if (!collection) return bad_input("unknown collection '" + op.record.collection + "'");
        if (op.record.key.empty()) return bad_input("a record needs a key");
        if (collection->counter != (op.op == ATR_OP_ADD))
            return bad_input("a COUNTER collection changes by ADD alone, others never by ADD");
        const Place place{collection->name, op.record.key};
        const Row* found = rows_.find(place, &changes);
        if (op.op == ATR_OP_ADD) return add(op, place, found);
        const std::uint64_t version = found ? found->version : 0;
        if (op.expect_version != ATR_VER_ANY && op.expect_version != version)
            return atr::conflict(ATR_E_UNSPEC, place.second + " is at version " + std::to_string(version));
        if (op.op == ATR_OP_CHECK) return version;
        if (op.op == ATR_OP_DELETE) {
            changes[place] = std::nullopt;
            return std::uint64_t{0};
        }
        Row row{.version = version + 1, .updated_ms = now_ms_, .body = op.record.body, .index = op.record.index};
        for (const auto& index : collection->indexes)
            if (index.unique && is_taken(place, row, index))
                return atr::conflict(ATR_E_DUPLICATE, "index " + index.name + " is unique");
        changes[place] = std::move(row);
        return version + 1;
    }

    bool is_taken(const Place& place, const Row& row, const atr::IndexDef& index) const {
        const auto values = index_values(row, index);
        if (!values) return false;
        const auto same = [&](const std::string& key, const Row& other) {
            return key != place.second && index_values(other, index) == values;
        };
        for (const auto& [key, other] : *rows_.collection(place.first))
            if (!changes.contains({place.first, key}) && same(key, other)) return true;
        for (const auto& [where, other] : changes)
            if (where.first == place.first && other && same(where.second, *other)) return true;
        return false;
    }

    Judged add(const atr::Op& op, const Place& place, const Row* found) {
        const auto before = atr::units_from_string(found ? found->body : "0"), delta = atr::units_from_string(op.delta);
        const auto min = atr::units_from_string(op.min), max = atr::units_from_string(op.max);
        if (!before || !delta || (!min && !op.min.empty()) || (!max && !op.max.empty()))
            return bad_input("an ADD needs whole numbers of up to 38 digits");
        const auto sum = *before + *delta;  // both below 10^38, so no overflow of 128 bits
        if (!atr::Decimal::from_units(sum, 0) || (min && sum < *min) || (max && sum > *max))
            return atr::conflict(ATR_E_LIMIT_BREACHED, place.second + " would leave its bounds");
        changes[place] = Row{.version = 1, .updated_ms = now_ms_, .body = atr::units_to_string(sum)};
        return std::uint64_t{0};
    }

    Judged enqueue(const atr::Op& op) {
        if (op.queue.empty() || op.record.key.empty()) return bad_input("a job needs a queue and an id");
        if (op.lease_ms > 0 && op.worker.empty()) return bad_input("a job born leased needs a worker");
        const Place place{"atr.jobs", op.record.key};
        if (rows_.find(place, &changes)) return atr::conflict(ATR_E_UNSPEC, "job " + op.record.key + " is there");
        Row job{.version = 1,
                .updated_ms = now_ms_,
                .body = op.record.body,
                .extra = {{"queue", op.queue},
                          {"run_at", op.run_at_unix_ms},
                          {"attempt", 0},
                          {"token", 0},
                          {"until", 0},
                          {"worker", ""}}};
        std::uint64_t token = 0;
        if (op.lease_ms > 0) {
            job = leased(rows_, changes, std::move(job), op.worker, now_ms_ + op.lease_ms, changes);
            token = job.extra["token"];
        }
        changes[place] = std::move(job);
        return token;
    }

    Judged end_lease(const atr::Op& op) {
        const Place place{"atr.jobs", op.record.key};
        const Row* job = rows_.find(place, &changes);
        if (!job || op.lease_token == 0 || job->extra["token"] != op.lease_token)
            return atr::conflict(ATR_E_LEASE_LOST, "the lease of job " + op.record.key + " is another's");
        if (op.op == ATR_OP_JOB_DONE) {
            changes[place] = std::nullopt;
            return std::uint64_t{0};
        }
        Row free = *job;
        free.extra.update({{"run_at", op.run_at_unix_ms}, {"token", 0}, {"until", 0}, {"worker", ""}});
        if (!op.record.body.empty()) free.body = op.record.body;
        free.version += 1;
        free.updated_ms = now_ms_;
        changes[place] = std::move(free);
        return std::uint64_t{0};
    }

    const Rows& rows_;
    const std::int64_t now_ms_;
};

atr::Commit refused(const atr::Error& error, std::size_t op) {
    return {.outcome = error.outcome, .conflict_op = static_cast<std::uint32_t>(op), .error = error};
}

}  // namespace

Verdict judge(const Rows& rows, const atr::Batch& batch, std::int64_t now_ms) {
    const Place key{"atr.keys", batch.idempotency_key};
    const Row* known = batch.idempotency_key.empty() ? nullptr : rows.find(key);
    if (known && (known->extra["expires"] == 0 || known->extra["expires"] > now_ms)) {
        if (known->extra["fingerprint"] != batch.fingerprint)
            return {refused(atr::rejected(ATR_E_IDEMPOTENCY_MISMATCH, "this key was used for something else"), 0), {}};
        return {{.outcome = atr::Outcome::ok,
                 .replayed = true,
                 .commit_seq = known->extra["seq"],
                 .versions = known->extra["versions"].get<std::vector<std::uint64_t>>()},
                {}};
    }
    BatchJudge judging(rows, now_ms);
    atr::Commit commit{.outcome = atr::Outcome::ok, .commit_seq = rows.seq() + 1};
    for (std::size_t i = 0; i < batch.ops.size(); ++i) {
        const auto version = judging.judge(batch.ops[i]);
        if (!version) return {refused(version.error(), i), {}};
        commit.versions.push_back(*version);
    }
    if (!batch.idempotency_key.empty())
        judging.changes[key] = Row{.version = 1,
                                   .updated_ms = now_ms,
                                   .extra = {{"fingerprint", batch.fingerprint},
                                             {"expires", batch.key_expires_unix_ms},
                                             {"seq", commit.commit_seq},
                                             {"versions", commit.versions}}};
    return {std::move(commit), std::move(judging.changes)};
}

bool is_due(const Row& job, std::int64_t now_ms) {
    return job.extra["run_at"] <= now_ms && job.extra["until"] <= now_ms;
}

Row leased(const Rows& rows, const Changes& pending, Row job, const std::string& worker, std::int64_t until_ms,
           Changes& tokens) {
    const std::uint64_t token = next_token(rows, pending, tokens);
    job.extra.update({{"worker", worker},
                      {"until", until_ms},
                      {"token", token},
                      {"attempt", job.extra["attempt"].get<std::uint32_t>() + 1}});
    job.version += 1;
    return job;
}

}  // namespace journal_storage
