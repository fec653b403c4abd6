/// Leased jobs. A lease carries a token that only grows; whoever holds an older one has lost the job.
/// A job whose lease has passed can still be finished by its token until another worker takes it; it is not renewed.
/// Functions that change something run inside a write transaction.
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <vector>

#include "prepared_batch.hpp"
#include "write_transaction.hpp"

namespace storage_sqlite {

/// The lease token, or 0 for a job born free. Errors: conflict when the job is already there.
atr::Result<std::uint64_t> enqueue_job(WriteTransaction& transaction, const PreparedOp& op);
/// Errors: conflict, ATR_E_LEASE_LOST.
atr::Result<std::uint64_t> finish_job(WriteTransaction& transaction, const PreparedOp& op);
atr::Result<std::uint64_t> reschedule_job(WriteTransaction& transaction, const PreparedOp& op);

/// Takes up to `max` due jobs of the queue, the longest due first.
std::vector<atr::Job> lease_jobs(WriteTransaction& transaction, const std::string& queue, const std::string& worker,
                                 std::uint32_t max, std::int64_t lease_ms);
std::uint32_t extend_leases(WriteTransaction& transaction, const std::string& worker, std::int64_t lease_ms);

/// Reads that spare a poll the write lock.
bool any_job_due(Connection& connection, const std::string& queue, std::int64_t now_ms);
bool holds_any_job(Connection& connection, const std::string& worker);

}  // namespace storage_sqlite
