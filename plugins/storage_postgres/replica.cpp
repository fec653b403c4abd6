#include "replica.hpp"

#include <algorithm>

namespace storage_postgres {
namespace {

constexpr std::chrono::seconds left_alone{1};
constexpr std::chrono::seconds waited_for_at_the_start{2};

}  // namespace

atr::Result<> Replica::check(Deadline deadline) {
    try {
        auto session = pool_.take(std::min(deadline, std::chrono::steady_clock::now() + waited_for_at_the_start));
        if (session || session.outcome() != atr::Outcome::rejected) return {};
        atr::Error error = session.error();
        error.message = "setting 'replica_url': " + error.message;
        return error;
    } catch (const SqlError&) {
        return {};
    }
}

std::optional<Rows> Replica::read(const Statement& statement, std::uint64_t min_seq, Deadline deadline) {
    {
        const std::lock_guard lock(mutex_);
        if (std::chrono::steady_clock::now() < not_before_) return std::nullopt;
    }
    const std::uint64_t least = std::max(min_seq, required(deadline));
    try {
        auto session = pool_.take(deadline);
        if (session) {
            auto rows = (*session)->read({{"SELECT commit_seq FROM atr_state"}, statement}, deadline);
            if (rows[0].count() == 1 && rows[0].number(0, 0) >= least) return std::move(rows[1]);
            return std::nullopt;
        }
    } catch (const SqlError&) {
        // Also while it replays what conflicts with reading: the primary answers.
    }
    const std::lock_guard lock(mutex_);
    not_before_ = std::chrono::steady_clock::now() + left_alone;
    return std::nullopt;
}

/// A commit that was the primary's newest at most max_lag ago. Two looks at the primary are kept, half of max_lag
/// apart, so that the replica has at least that half to catch up.
std::uint64_t Replica::required(Deadline deadline) {
    const auto now = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(mutex_);
        if (now - newer_.at <= max_lag_ / 2) return now - older_.at <= max_lag_ ? older_.seq : newer_.seq;
    }
    const std::uint64_t newest = newest_(deadline);  // was the newest at `now` or later
    const std::lock_guard lock(mutex_);
    older_ = newer_;
    newer_ = {now, newest};
    return now - older_.at <= max_lag_ ? older_.seq : newer_.seq;
}

}  // namespace storage_postgres
