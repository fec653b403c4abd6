/// Judges batches one after the other inside the writer's transaction: each sees what the earlier ones did, and a
/// losing one leaves no trace and no neighbour touched. Used by the writer thread alone.
///
/// A savepoint before each batch costs an eighth of all work, and few batches lose after their first write. So a
/// transaction is first tried without; if a batch then would have to be undone alone, all is rolled back and judged
/// once more, with savepoints.
#pragma once

#include <atr/storage.hpp>
#include <memory>
#include <unordered_map>

#include "prepared_batch.hpp"
#include "write_transaction.hpp"

namespace storage_sqlite {

class BatchJudge {
public:
    /// Thrown by judge(): roll back, and run the same requests again with `Undo::single_batches`.
    struct NeedsSavepoints {};
    enum class Undo { whole_transaction, single_batches };

    explicit BatchJudge(WriteTransaction& transaction) : transaction_(transaction) {}

    /// At the start of each transaction.
    void begin(Undo undo) { undo_ = undo; }

    /// The batch must have been prepared with the transaction's catalog. Errors of single ops are in the Commit; what
    /// makes the whole transaction fail is thrown as SqlError.
    atr::Commit judge(const PreparedBatch& batch);

private:
    /// Prepared statements of one collection's table.
    struct Table {
        std::unique_ptr<Statement> version, insert, update, upsert, remove, remove_any;
    };
    atr::Result<std::uint64_t> apply(const PreparedOp& op);
    atr::Result<std::uint64_t> check(const PreparedOp& op);
    atr::Result<std::uint64_t> put(const PreparedOp& op);
    atr::Result<std::uint64_t> remove(const PreparedOp& op);
    atr::Result<std::uint64_t> add(const PreparedOp& op);
    std::uint64_t present_version(const PreparedOp& op);
    atr::Error version_lost(const PreparedOp& op);
    Table& table_of(const Collection& collection);

    WriteTransaction& transaction_;
    Undo undo_ = Undo::single_batches;
    std::int64_t generation_ = 0;
    std::unordered_map<std::int64_t, Table> tables_;
};

}  // namespace storage_sqlite
