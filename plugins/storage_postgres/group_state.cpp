#include "group_state.hpp"

namespace storage_postgres {
namespace {

std::string text_of(const Cell& cell) {
    if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
    const auto* text = std::get_if<std::string>(&cell);
    return text ? *text : "";
}

}  // namespace

GroupState::GroupState(const std::vector<PreparedBatch>& batches) {
    for (const auto& batch : batches) {
        if (batch.refusal) continue;
        if (!batch.idempotency_key.empty()) keys.try_emplace(batch.idempotency_key);
        for (const auto& op : batch.ops) touch(op);
    }
}

void GroupState::touch(const PreparedOp& op) {
    if (op.collection->kind == CollectionKind::jobs) {
        jobs.try_emplace(op.stored);
        return;
    }
    if (op.op == ATR_OP_ADD) {
        counters[op.collection->id].try_emplace(op.stored);
        return;
    }
    const auto [found, added] = records[op.collection->id].try_emplace(op.stored);
    RecordState& state = found->second;
    if (added) state.wanted = op.expect_version == ATR_VER_ANY;
    if (op.op != ATR_OP_CHECK) state.locks = true;
}

void GroupState::set_holder(const std::string& value, const std::string& key) {
    const auto found = holders.find(value);
    const std::string before = found == holders.end() ? "" : found->second;
    undo_.push_back([this, value, before] { holders[value] = before; });
    holders[value] = key;
}

void GroupState::free_holder(const std::string& value) {
    set_holder(value, "");
}

void GroupState::undo_batch() {
    for (; !undo_.empty(); undo_.pop_back()) undo_.back()();
}

std::vector<std::string> unique_values(const Collection& collection, const std::vector<Cell>& cells) {
    std::vector<std::string> out;
    for (const auto& index : collection.indexes) {
        if (!index.unique) continue;
        std::string text = std::to_string(collection.id) + ":" + index.name;
        bool complete = true;
        for (std::size_t c : index.columns) {
            complete = complete && !std::holds_alternative<std::monostate>(cells[c]);
            const std::string value = text_of(cells[c]);
            text += ":" + std::to_string(value.size()) + ":" + value;
        }
        if (complete) out.push_back(std::move(text));
    }
    return out;
}

}  // namespace storage_postgres
