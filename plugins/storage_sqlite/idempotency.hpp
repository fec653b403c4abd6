/// Idempotency keys: what a batch did, remembered in the transaction that did it, so that "perhaps applied" is
/// resolved by repeating. Only OK is remembered. Inside a write transaction.
#pragma once

#include <atr/storage.hpp>
#include <optional>
#include <string>

#include "prepared_batch.hpp"
#include "write_transaction.hpp"

namespace storage_sqlite {

/// The first result of this key (replayed), or rejected with ATR_E_IDEMPOTENCY_MISMATCH if the fingerprint differs, or
/// nothing if the key is new or has expired. A key without expiry (0) is kept until purged.
std::optional<atr::Commit> find_first_result(WriteTransaction& transaction, const PreparedBatch& batch);

void remember_result(WriteTransaction& transaction, const PreparedBatch& batch, const atr::Commit& result);

}  // namespace storage_sqlite
