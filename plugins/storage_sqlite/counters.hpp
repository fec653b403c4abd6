/// Counters that the running transaction touched: read once, changed in memory, written once with their net value.
/// Batches are judged on the value in memory, so each sees all that came before it. Used by the writer thread alone.
#pragma once

#include <atr/decimal.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "catalog.hpp"

namespace storage_sqlite {

class Counters {
public:
    explicit Counters(Connection& connection) : connection_(connection) {}

    /// Adds within the batch in progress; false leaves the counter as it was: the result would pass a bound, or 38
    /// digits.
    bool add(const Collection& collection, const std::string& key, atr::Int128 delta,
             const std::optional<atr::Int128>& min, const std::optional<atr::Int128>& max);
    void keep_batch(std::uint64_t commit_seq);
    void undo_batch();

    /// Writes what the transaction changed. Call once, before COMMIT; then, or after a rollback, clear().
    void write(std::int64_t now_ms);
    void clear();

private:
    struct Counter {
        const Collection* collection = nullptr;
        const std::string* key = nullptr;
        atr::Int128 value = 0;
        std::uint64_t commit_seq = 0;  ///< 0: not changed by this transaction
    };
    struct Undo {
        Counter* counter;
        atr::Int128 value;
    };
    Counter& load(const Collection& collection, const std::string& key);

    Connection& connection_;
    std::unordered_map<std::string, Counter> counters_;
    std::vector<Undo> undo_;
};

}  // namespace storage_sqlite
