#include "jobs.hpp"

#include <algorithm>

namespace storage_sqlite {
namespace {

atr::Error lease_lost(const PreparedOp& op) {
    return atr::conflict(ATR_E_LEASE_LOST,
                         "job " + op.key + ": lease token " + std::to_string(op.lease_token) + " no longer holds it");
}

}  // namespace

atr::Result<std::uint64_t> enqueue_job(WriteTransaction& transaction, const PreparedOp& op) {
    const std::int64_t now = transaction.now_ms();
    const bool leased = op.lease_ms > 0;
    const std::uint64_t token = leased ? transaction.next_lease_token() : 0;
    const std::int64_t run_at = op.run_at_ms > 0 ? op.run_at_ms : now;
    Run run(transaction.connection().prepared(
        "INSERT INTO atr_jobs(key, version, updated_ms, body, queue, run_at_ms, due_ms, attempt, worker, lease_token, "
        "lease_until_ms) VALUES(?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(key) DO NOTHING"));
    run.text(op.key).integer(now).bytes(op.body).text(op.queue).integer(run_at);
    if (leased) {
        const std::int64_t until = now + op.lease_ms;
        run.integer(std::max(run_at, until)).integer(std::int64_t{1}).text(op.worker).integer(token).integer(until);
    } else {
        run.integer(run_at).integer(std::int64_t{0}).null().null().null();
    }
    if (run.finish() == 0) return atr::conflict(ATR_E_UNSPEC, "job " + op.key + " is already there");
    return token;
}

atr::Result<std::uint64_t> finish_job(WriteTransaction& transaction, const PreparedOp& op) {
    const auto deleted =
        Run(transaction.connection().prepared("DELETE FROM atr_jobs WHERE key = ? AND lease_token = ?"))
            .text(op.key)
            .integer(op.lease_token)
            .finish();
    if (deleted == 0) return lease_lost(op);
    return std::uint64_t{0};
}

atr::Result<std::uint64_t> reschedule_job(WriteTransaction& transaction, const PreparedOp& op) {
    const std::int64_t run_at = op.run_at_ms > 0 ? op.run_at_ms : transaction.now_ms();
    Run run(transaction.connection().prepared(
        "UPDATE atr_jobs SET version = version + 1, updated_ms = ?, run_at_ms = ?, due_ms = ?, worker = NULL, "
        "lease_token = NULL, lease_until_ms = NULL, body = coalesce(?, body) WHERE key = ? AND lease_token = ?"));
    run.integer(transaction.now_ms()).integer(run_at).integer(run_at);
    if (op.body.empty()) {
        run.null();
    } else {
        run.bytes(op.body);
    }
    if (run.text(op.key).integer(op.lease_token).finish() == 0) return lease_lost(op);
    return std::uint64_t{0};
}

std::vector<atr::Job> lease_jobs(WriteTransaction& transaction, const std::string& queue, const std::string& worker,
                                 std::uint32_t max, std::int64_t lease_ms) {
    const std::int64_t now = transaction.now_ms(), until = now + lease_ms;
    Connection& connection = transaction.connection();
    std::vector<atr::Job> out;
    {
        Run due(connection.prepared(
            "SELECT key, body, attempt FROM atr_jobs WHERE queue = ? AND due_ms <= ? ORDER BY due_ms, key LIMIT ?"));
        due.text(queue).integer(now).integer(std::int64_t{max});
        while (due.step())
            out.push_back({.attempt = static_cast<std::uint32_t>(due.integer_at(2)) + 1,
                           .queue = queue,
                           .id = std::string(due.text_at(0)),
                           .body = std::string(due.text_at(1)),
                           .lease_token = transaction.next_lease_token(),
                           .lease_until_unix_ms = until});
    }
    for (const auto& job : out)
        Run(connection.prepared("UPDATE atr_jobs SET version = version + 1, updated_ms = ?, attempt = attempt + 1, "
                                "worker = ?, lease_token = ?, lease_until_ms = ?, due_ms = ? WHERE key = ?"))
            .integer(now)
            .text(worker)
            .integer(job.lease_token)
            .integer(until)
            .integer(until)
            .text(job.id)
            .finish();
    return out;
}

std::uint32_t extend_leases(WriteTransaction& transaction, const std::string& worker, std::int64_t lease_ms) {
    const std::int64_t until = transaction.now_ms() + lease_ms;
    const auto held = Run(transaction.connection().prepared("UPDATE atr_jobs SET lease_until_ms = ?, due_ms = max(?, "
                                                            "run_at_ms) WHERE worker = ? AND lease_until_ms > ?"))
                          .integer(until)
                          .integer(until)
                          .text(worker)
                          .integer(transaction.now_ms())
                          .finish();
    if (held > 0) transaction.touch();
    return static_cast<std::uint32_t>(held);
}

bool any_job_due(Connection& connection, const std::string& queue, std::int64_t now_ms) {
    Run run(connection.prepared("SELECT 1 FROM atr_jobs WHERE queue = ? AND due_ms <= ? LIMIT 1"));
    return run.text(queue).integer(now_ms).step();
}

bool holds_any_job(Connection& connection, const std::string& worker) {
    Run run(connection.prepared("SELECT 1 FROM atr_jobs WHERE worker = ? LIMIT 1"));
    return run.text(worker).step();
}

}  // namespace storage_sqlite
