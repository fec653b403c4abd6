#include "storage/model.hpp"

#include <cstdlib>

namespace atr::testkit {

namespace {

/// Far ahead: not due while a check runs.
constexpr std::int64_t far_ahead_ms = 4'000'000'000'000;

bool meets(std::uint64_t expected, std::uint64_t version) {
    return expected == ATR_VER_ANY || version == expected;
}

}  // namespace

bool Model::apply(const atr::Op& op) {
    const auto& key = op.record.key;
    const auto found = records.find(key);
    const std::uint64_t version = found == records.end() ? 0 : found->second.version;
    switch (op.op) {
        case ATR_OP_CHECK:
            return meets(op.expect_version, version);
        case ATR_OP_PUT:
            if (!meets(op.expect_version, version)) return false;
            records[key] = {version + 1, op.record.body};
            return true;
        case ATR_OP_DELETE:
            if (!meets(op.expect_version, version)) return false;
            records.erase(key);
            return true;
        case ATR_OP_ADD: {
            const long long sum = counters[key] + std::atoll(op.delta.c_str());
            if (!op.min.empty() && sum < std::atoll(op.min.c_str())) return false;
            if (!op.max.empty() && sum > std::atoll(op.max.c_str())) return false;
            counters[key] = sum;
            return true;
        }
        case ATR_OP_JOB_ENQUEUE:
            if (jobs.contains(key)) return false;
            jobs[key] = {op.record.body, op.run_at_unix_ms<far_ahead_ms, 0, op.lease_ms> 0 ? 1u : 0u};
            return true;
        default: {
            const auto job = jobs.find(key);
            if (job == jobs.end() || job->second.token == 0 || job->second.token != op.lease_token) return false;
            if (op.op == ATR_OP_JOB_DONE) {
                jobs.erase(job);
            } else {
                job->second.due = op.run_at_unix_ms < far_ahead_ms;
                job->second.token = 0;
            }
            return true;
        }
    }
}

Model::Judged Model::judge(const atr::Batch& batch) {
    if (const auto known = keys.find(batch.idempotency_key); known != keys.end()) {
        if (known->second.fingerprint != batch.fingerprint) return {atr::Outcome::rejected};
        return {atr::Outcome::ok, 0, true};
    }
    const Model before = *this;
    for (std::uint32_t i = 0; i < batch.ops.size(); ++i) {
        if (apply(batch.ops[i])) continue;
        *this = before;
        return {atr::Outcome::conflict, i};
    }
    return {atr::Outcome::ok};
}

void Model::keep(const atr::Batch& batch, const atr::Commit& answer) {
    if (!batch.idempotency_key.empty()) keys[batch.idempotency_key] = {batch.fingerprint, answer};
    for (std::size_t i = 0; i < batch.ops.size(); ++i) {
        const auto& op = batch.ops[i];
        if (op.op != ATR_OP_JOB_ENQUEUE || op.lease_ms <= 0) continue;
        if (const auto job = jobs.find(op.record.key); job != jobs.end() && i < answer.versions.size())
            job->second.token = answer.versions[i];
    }
}

}  // namespace atr::testkit
