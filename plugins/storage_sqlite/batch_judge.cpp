#include "batch_judge.hpp"

#include "idempotency.hpp"
#include "jobs.hpp"
#include "names.hpp"
#include "savepoint.hpp"

namespace storage_sqlite {
namespace {
using atr::conflict;
using atr::Result;

std::string place_of(const PreparedOp& op) {
    return op.collection->name + "/" + op.key;
}

std::string expected_text(const PreparedOp& op) {
    if (op.expect_version == ATR_VER_ABSENT) return "to be absent";
    if (op.expect_version == ATR_VER_ANY) return "to be there";
    return "at version " + std::to_string(op.expect_version);
}

bool writes_tables(const PreparedOp& op) {
    return op.op != ATR_OP_CHECK && op.op != ATR_OP_ADD;
}

}  // namespace

atr::Commit BatchJudge::judge(const PreparedBatch& batch) {
    if (auto first = find_first_result(transaction_, batch)) return std::move(*first);
    atr::Commit out;
    ChangeList changes;
    Savepoint savepoint(transaction_.connection());
    bool wrote = false;
    out.versions.reserve(batch.ops.size());
    for (std::size_t i = 0; i < batch.ops.size(); ++i) {
        const PreparedOp& op = batch.ops[i];
        if (undo_ == Undo::single_batches && writes_tables(op)) savepoint.open();
        auto version = apply(op);
        if (!version) {
            if (undo_ == Undo::whole_transaction && wrote) throw NeedsSavepoints();
            savepoint.undo();
            transaction_.counters().undo_batch();
            out.outcome = version.outcome();
            out.error = std::move(version.error());
            out.conflict_op = static_cast<std::uint32_t>(i);
            out.versions.clear();
            return out;
        }
        wrote = wrote || writes_tables(op);
        out.versions.push_back(*version);
        if (op.op != ATR_OP_CHECK) changes.add(op.collection->id, op.key);
    }
    savepoint.keep();
    if (!batch.idempotency_key.empty()) changes.add(keys_collection_id, batch.idempotency_key);
    out.outcome = atr::Outcome::ok;
    out.commit_seq = transaction_.keep_commit(changes);
    if (!batch.idempotency_key.empty()) remember_result(transaction_, batch, out);
    return out;
}

Result<std::uint64_t> BatchJudge::apply(const PreparedOp& op) {
    switch (op.op) {
        case ATR_OP_CHECK:
            return check(op);
        case ATR_OP_PUT:
            return put(op);
        case ATR_OP_DELETE:
            return remove(op);
        case ATR_OP_JOB_ENQUEUE:
            return enqueue_job(transaction_, op);
        case ATR_OP_JOB_DONE:
            return finish_job(transaction_, op);
        case ATR_OP_JOB_RESCHEDULE:
            return reschedule_job(transaction_, op);
        default:
            return add(op);
    }
}

Result<std::uint64_t> BatchJudge::check(const PreparedOp& op) {
    const std::uint64_t present = present_version(op);
    const bool holds = op.expect_version == ATR_VER_ANY ? present != 0 : present == op.expect_version;
    if (!holds) return version_lost(op);
    return present;
}

Result<std::uint64_t> BatchJudge::put(const PreparedOp& op) {
    Table& table = table_of(*op.collection);
    const std::int64_t now = transaction_.now_ms();
    try {
        if (op.expect_version == ATR_VER_ABSENT) {
            Run run(*table.insert);
            run.text(op.key).integer(now).bytes(op.body);
            for (const auto& cell : op.cells) run.cell(cell);
            if (run.finish() == 0) return version_lost(op);
            return std::uint64_t{1};
        }
        if (op.expect_version == ATR_VER_ANY) {
            Run run(*table.upsert);
            run.text(op.key).integer(now).bytes(op.body);
            for (const auto& cell : op.cells) run.cell(cell);
            const std::uint64_t version = run.step() ? static_cast<std::uint64_t>(run.integer_at(0)) : 0;
            run.finish();
            return version;
        }
        Run run(*table.update);
        run.integer(now).bytes(op.body);
        for (const auto& cell : op.cells) run.cell(cell);
        if (run.text(op.key).integer(op.expect_version).finish() == 0) return version_lost(op);
        return op.expect_version + 1;
    } catch (const SqlError& error) {
        if (!error.is_unique_violation()) throw;
        return conflict(ATR_E_DUPLICATE,
                        place_of(op) + ": another record has the same value in a unique index (" + error.what() + ")");
    }
}

Result<std::uint64_t> BatchJudge::remove(const PreparedOp& op) {
    Table& table = table_of(*op.collection);
    if (op.expect_version == ATR_VER_ANY) {
        Run(*table.remove_any).text(op.key).finish();
        return std::uint64_t{0};
    }
    if (Run(*table.remove).text(op.key).integer(op.expect_version).finish() == 0) return version_lost(op);
    return std::uint64_t{0};
}

Result<std::uint64_t> BatchJudge::add(const PreparedOp& op) {
    if (transaction_.counters().add(*op.collection, op.key, op.delta, op.min, op.max)) return std::uint64_t{0};
    return conflict(ATR_E_LIMIT_BREACHED, place_of(op) + ": adding would leave the bounds");
}

std::uint64_t BatchJudge::present_version(const PreparedOp& op) {
    Run run(*table_of(*op.collection).version);
    return run.text(op.key).step() ? static_cast<std::uint64_t>(run.integer_at(0)) : 0;
}

atr::Error BatchJudge::version_lost(const PreparedOp& op) {
    const std::uint64_t present = present_version(op);
    return conflict(ATR_E_UNSPEC, place_of(op) + ": expected " + expected_text(op) + ", it is " +
                                      (present == 0 ? "absent" : "at version " + std::to_string(present)));
}

BatchJudge::Table& BatchJudge::table_of(const Collection& collection) {
    if (generation_ != transaction_.catalog()->generation) {
        tables_.clear();
        generation_ = transaction_.catalog()->generation;
    }
    const auto [found, added] = tables_.try_emplace(collection.id);
    Table& table = found->second;
    if (!added) return table;
    const std::string name = sql_name(collection.table);
    std::string columns, marks, assignments, excluded;
    for (const auto& column : collection.value_columns()) {
        columns += ", " + column;
        marks += ", ?";
        assignments += ", " + column + " = ?";
        excluded += ", " + column + " = excluded." + column;
    }
    const auto prepare = [&](const std::string& sql) {
        return std::make_unique<Statement>(transaction_.connection().handle(), sql);
    };
    const std::string insert = "INSERT INTO " + name + "(key, version, updated_ms, body" + columns +
                               ") VALUES(?, 1, ?, ?" + marks + ") ON CONFLICT(key) DO ";
    table.version = prepare("SELECT version FROM " + name + " WHERE key = ?");
    table.insert = prepare(insert + "NOTHING");
    table.upsert = prepare(insert +
                           "UPDATE SET version = version + 1, updated_ms = excluded.updated_ms, body = "
                           "excluded.body" +
                           excluded + " RETURNING version");
    table.update = prepare("UPDATE " + name + " SET version = version + 1, updated_ms = ?, body = ?" + assignments +
                           " WHERE key = ? AND version = ?");
    table.remove = prepare("DELETE FROM " + name + " WHERE key = ? AND version = ?");
    table.remove_any = prepare("DELETE FROM " + name + " WHERE key = ?");
    return table;
}

}  // namespace storage_sqlite
