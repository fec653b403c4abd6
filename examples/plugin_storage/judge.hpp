/// Judges batches against rows, and collects what they change.
#pragma once

#include "rows.hpp"

namespace journal_storage {

/// A batch's answer; where it is OK, `changes` is what it does, idempotency key and all. A replay changes nothing.
struct Verdict {
    atr::Commit commit;
    Changes changes;
};

Verdict judge(const Rows& rows, const atr::Batch& batch, std::int64_t now_ms);

/// Whether a job may be leased now.
bool is_due(const Row& job, std::int64_t now_ms);
/// The job with a new lease, its token the next of the store's.
Row leased(const Rows& rows, const Changes& pending, Row job, const std::string& worker, std::int64_t until_ms,
           Changes& tokens);

}  // namespace journal_storage
