#include "group_reader.hpp"

#include <algorithm>

#include "names.hpp"

namespace storage_postgres {
namespace {

Parameters keys_parameter(const std::vector<std::string_view>& keys) {
    ArrayColumn column(ArrayColumn::Type::text);
    for (const auto key : keys) column.text(key);
    Parameters out;
    out.array(column);
    return out;
}

template <class State>
std::vector<std::string_view> keys_of(const States<State>& states) {
    std::vector<std::string_view> out;
    for (const auto& [key, state] : states) out.push_back(key);
    return out;
}

/// The columns that unique indexes need, in the order of Collection::columns.
std::string unique_columns(const Collection& collection) {
    std::string out;
    if (!collection.has_unique_index()) return out;
    for (const auto& column : collection.columns) {
        const std::string name = sql_name(column.name);
        out += ", " + (column.type == ATR_T_BOOL ? name + "::int" : name) + "::text";
    }
    return out;
}

std::vector<Cell> cells_in(const Collection& collection, const Rows& rows, int row, int first) {
    std::vector<Cell> out(collection.columns.size());
    for (std::size_t c = 0; c < out.size(); ++c) {
        const int place = first + static_cast<int>(c);
        if (!rows.is_null(row, place)) out[c] = std::string(rows.text(row, place));
    }
    return out;
}

}  // namespace

std::vector<std::uint64_t> numbers_of(std::string_view array) {
    std::vector<std::uint64_t> out;
    for (std::size_t at = 1; at + 1 < array.size();) {
        const std::size_t end = std::min(array.find(',', at), array.size() - 1);
        out.push_back(std::strtoull(std::string(array.substr(at, end - at)).c_str(), nullptr, 10));
        at = end + 1;
    }
    return out;
}

std::vector<Statement> GroupReader::statements(const std::vector<PreparedBatch>& batches) {
    for (auto& [id, states] : state_.records) {
        const Collection& collection = *catalog_.find(id);
        read_records(collection, states);
        if (!state_.records_read) continue;
        for (const auto& index : collection.indexes)
            if (index.unique) read_unique(collection, index, batches);
    }
    if (state_.records_read) read_jobs();
    if (state_.counters_read)
        for (auto& [id, states] : state_.counters) read_counters(*catalog_.find(id), states);
    // Last: each statement sees what was committed when it began, and the ones above may have waited for the very
    // commit that this one repeats. What they show of it, its key then tells as well.
    if (state_.records_read) read_keys();
    return std::move(statements_);
}

void GroupReader::take(const Rows* rows) {
    for (const auto& taker : takers_) taker(*rows++);
}

void GroupReader::add(Statement statement, Taker taker) {
    statements_.push_back(std::move(statement));
    takers_.push_back(std::move(taker));
}

void GroupReader::read_keys() {
    if (state_.keys.empty()) return;
    add({"SELECT key, fingerprint, commit_seq, versions FROM atr_keys WHERE key = ANY($1::text[]) AND (expires_ms = 0 "
         "OR expires_ms > " +
             clock_ + ")",
         keys_parameter(keys_of(state_.keys))},
        [this](const Rows& rows) {
            for (int i = 0; i < rows.count(); ++i)
                state_.keys.find(rows.text(i, 0))->second =
                    FirstResult{rows.bytes(i, 1), rows.number(i, 2), numbers_of(rows.text(i, 3)), std::nullopt};
        });
}

void GroupReader::read_records(const Collection& collection, States<RecordState>& states) {
    std::vector<std::string_view> locked, looked_at;
    for (const auto& [key, state] : states)
        if (state_.records_read || state.wanted) (state.locks ? locked : looked_at).push_back(key);
    const auto take_versions = [this, &collection, &states](const std::vector<std::string_view>& keys) {
        return [this, &collection, &states, keys](const Rows& rows) {
            for (const auto key : keys) states.find(key)->second.known = true;
            for (int i = 0; i < rows.count(); ++i) {
                RecordState& state = states.find(rows.text(i, 0))->second;
                state.before = state.version = rows.number(i, 1);
                if (!collection.has_unique_index()) continue;
                state.unique = unique_values(collection, cells_in(collection, rows, i, 2));
                for (const auto& value : state.unique) state_.holders[value] = std::string(rows.text(i, 0));
            }
        };
    };
    const std::string select = "SELECT key, version" + unique_columns(collection) + " FROM " +
                               sql_name(collection.table) + " WHERE key = ANY($1::text[])";
    if (!locked.empty())
        add({select + " ORDER BY key FOR NO KEY UPDATE", keys_parameter(locked)}, take_versions(locked));
    if (!looked_at.empty()) add({select, keys_parameter(looked_at)}, take_versions(looked_at));
}

void GroupReader::read_unique(const Collection& collection, const Index& index,
                              const std::vector<PreparedBatch>& batches) {
    std::vector<ArrayColumn> values;
    std::string arrays, names, conditions;
    Parameters parameters;
    for (std::size_t i = 0; i < index.columns.size(); ++i) {
        const Column& column = collection.columns[index.columns[i]];
        const std::string name = "a" + std::to_string(i), sql_column = "t." + sql_name(column.name);
        const bool boolean = column.type == ATR_T_BOOL, number = column.type == ATR_T_INT;
        values.emplace_back(column.array_type());
        const char* const type = boolean ? "::bool[]" : number ? "::bigint[]" : "::text[]";
        arrays += std::string(i ? ", $" : "$") + std::to_string(i + 1) + type;
        names += (i ? ", " : "") + name;
        conditions +=
            (i ? " AND " : "") + sql_column + " = u." + name + column.cast() + " AND " + sql_column + " IS NOT NULL";
    }
    for (const auto& batch : batches)
        for (const auto& op : batch.ops)
            if (op.op == ATR_OP_PUT && op.collection == &collection && !batch.refusal)
                for (std::size_t i = 0; i < values.size(); ++i) values[i].cell(op.cells[index.columns[i]]);
    if (values.front().size() == 0) return;
    for (const auto& column : values) parameters.array(column);
    add({"SELECT t.key, t.version" + unique_columns(collection) + " FROM unnest(" + arrays + ") AS u(" + names +
             ") JOIN " + sql_name(collection.table) + " t ON " + conditions,
         parameters},
        [this, &collection](const Rows& rows) {
            for (int i = 0; i < rows.count(); ++i)
                for (const auto& value : unique_values(collection, cells_in(collection, rows, i, 2)))
                    state_.holders[value] = std::string(rows.text(i, 0));
        });
}

void GroupReader::read_jobs() {
    if (state_.jobs.empty()) return;
    add({"SELECT key, lease_token FROM atr_jobs WHERE key = ANY($1::text[]) ORDER BY key FOR UPDATE",
         keys_parameter(keys_of(state_.jobs))},
        [this](const Rows& rows) {
            for (auto& [key, state] : state_.jobs) state.known = true;
            for (int i = 0; i < rows.count(); ++i) {
                JobState& state = state_.jobs.find(rows.text(i, 0))->second;
                state.there_before = state.there = true;
                state.token_before = state.token = rows.number(i, 1);
            }
        });
}

void GroupReader::read_counters(const Collection& collection, States<CounterState>& states) {
    add({"SELECT key, value::text FROM " + sql_name(collection.table) +
             " WHERE key = ANY($1::text[]) ORDER BY key FOR NO KEY UPDATE",
         keys_parameter(keys_of(states))},
        [&states](const Rows& rows) {
            for (auto& [key, state] : states) state.set_read(false, 0);
            for (int i = 0; i < rows.count(); ++i)
                states.find(rows.text(i, 0))
                    ->second.set_read(true, atr::units_from_string(rows.text(i, 1)).value_or(0));
        });
}

}  // namespace storage_postgres
