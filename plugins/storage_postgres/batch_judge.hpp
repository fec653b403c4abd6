/// Judges batches one after the other on a GroupState: each sees what the earlier ones did, and a losing one leaves no
/// trace and no neighbour touched. Pure: no database, no clock.
#pragma once

#include <atr/storage.hpp>
#include <functional>

#include "group_state.hpp"

namespace storage_postgres {

class BatchJudge {
public:
    /// `next_token`: a lease token that no lease has had, for a job born leased.
    BatchJudge(GroupState& state, std::function<std::uint64_t()> next_token)
        : state_(state), next_token_(std::move(next_token)) {}

    /// `place`: of the batch in its group. An applied batch has commit_seq 0: the database gives it one. A replay of a
    /// batch of this group has none either; `first_of_replay` then says which.
    /// Throws MustRead.
    atr::Commit judge(const PreparedBatch& batch, std::size_t place);
    std::optional<std::size_t> first_of_replay;

private:
    std::optional<atr::Commit> replay(const PreparedBatch& batch);
    atr::Result<std::uint64_t> apply(const PreparedOp& op);
    atr::Result<std::uint64_t> check(const PreparedOp& op);
    atr::Result<std::uint64_t> put(const PreparedOp& op);
    atr::Result<std::uint64_t> remove(const PreparedOp& op);
    atr::Result<std::uint64_t> add(const PreparedOp& op);
    atr::Result<std::uint64_t> enqueue(const PreparedOp& op);
    atr::Result<std::uint64_t> finish(const PreparedOp& op);
    atr::Result<std::uint64_t> reschedule(const PreparedOp& op);
    RecordState& record_of(const PreparedOp& op);
    JobState& job_of(const PreparedOp& op);
    JobState* leased_job_of(const PreparedOp& op);

    GroupState& state_;
    std::function<std::uint64_t()> next_token_;
};

}  // namespace storage_postgres
