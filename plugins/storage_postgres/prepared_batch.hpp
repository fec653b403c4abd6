/// A batch made ready for a transaction: names resolved, numbers parsed, indexed values in the cells of real columns.
/// All that can be refused without the database is refused here. The atr::Batch it was made of must outlive it.
#pragma once

#include <atr/decimal.hpp>
#include <atr/storage.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog.hpp"

namespace storage_postgres {

struct PreparedOp {
    std::int32_t op = 0;
    const Collection* collection = nullptr;  ///< in the catalog the batch was prepared with
    std::uint64_t expect_version = 0;
    std::string_view key;  ///< as the caller has it
    std::string stored;    ///< as the database has it
    std::string_view body;
    bool body_is_json = false;
    std::vector<Cell> cells;
    atr::Int128 delta = 0;
    std::optional<atr::Int128> min, max;
    std::string queue, worker;
    std::int64_t run_at_ms = 0;
    std::int64_t lease_ms = 0;
    std::uint64_t lease_token = 0;
};

struct PreparedBatch {
    std::vector<PreparedOp> ops;
    std::string idempotency_key;  ///< as the database has it
    std::string_view fingerprint;
    std::int64_t key_expires_ms = 0;
    std::optional<atr::Error> refusal;  ///< rejected: the database need not be asked
    std::uint32_t refused_op = 0;
};

PreparedBatch prepare(const Catalog& catalog, const atr::Batch& batch);

/// Largest key, body and batch that are taken.
inline constexpr std::size_t most_key_bytes = 1024;
inline constexpr std::size_t most_name_bytes = 256;
inline constexpr std::size_t most_body_bytes = std::size_t{64} << 20;
inline constexpr std::size_t most_ops = 10'000;

/// How a message names a record.
std::string place_of(const atr::Record& record);

/// A key is 1 to most_key_bytes bytes of UTF-8.
bool is_usable_key(std::string_view key);
/// A queue's or worker's name has up to most_name_bytes bytes of UTF-8.
bool is_usable_name(std::string_view name);

}  // namespace storage_postgres
