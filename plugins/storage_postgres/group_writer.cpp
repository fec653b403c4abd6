#include "group_writer.hpp"

#include "multi_row.hpp"
#include "names.hpp"

namespace storage_postgres {
namespace {
using Type = ArrayColumn::Type;

/// The columns in which a record's content stands, and the values to put there from u.
struct Content {
    std::string names, values, assignments;
};

Content content_of(const Collection& collection, MultiRow& rows) {
    Content out{", body, raw", ", u.body, u.raw", ", body = u.body, raw = u.raw"};
    rows.column("body", Type::json).column("raw", Type::bytes);
    for (std::size_t c = 0; c < collection.columns.size(); ++c) {
        const Column& column = collection.columns[c];
        const std::string argument = "a" + std::to_string(c), value = "u." + argument + column.cast();
        rows.column(argument, column.array_type());
        out.names += ", " + sql_name(column.name);
        out.values += ", " + value;
        out.assignments += ", " + sql_name(column.name) + " = " + value;
    }
    return out;
}

void put_content(MultiRow& rows, std::size_t first, const PreparedOp& op) {
    if (op.body_is_json) {
        rows[first].text(op.body);
        rows[first + 1].null();
    } else {
        rows[first].null();
        rows[first + 1].text(op.body);
    }
    for (std::size_t c = 0; c < op.cells.size(); ++c) rows[first + 2 + c].cell(op.cells[c]);
}

}  // namespace

std::vector<Statement> GroupWriter::writes() {
    for (const auto& [id, states] : state_.records) write_records(*catalog_.find(id), states);
    write_jobs();
    for (const auto& [id, states] : state_.counters) write_counters(*catalog_.find(id), states);
    return std::move(statements_);
}

void GroupWriter::add(const std::string& write, const MultiRow& rows, const char* state) {
    if (rows.rows() > 0) statements_.push_back(required(write, rows, state));
}

/// The table's own key proves that the keys are free, at less cost than asking it first: SqlError::is_key_taken().
void GroupWriter::insert_new(const std::string& write, const MultiRow& rows) {
    if (rows.rows() > 0) statements_.push_back({write, rows.parameters()});
}

void GroupWriter::write_records(const Collection& collection, const States<RecordState>& states) {
    const std::string table = sql_name(collection.table);
    MultiRow gone, changed, made;
    gone.column("key", Type::text).column("version", Type::bigint);
    changed.column("key", Type::text).column("before", Type::bigint).column("version", Type::bigint);
    made.column("key", Type::text).column("version", Type::bigint);
    const Content update = content_of(collection, changed), insert = content_of(collection, made);
    for (const auto& [key, state] : states) {
        if (!state.written || (state.before == 0 && state.version == 0)) continue;
        if (state.version == 0) {
            gone[0].text(key);
            gone[1].integer(signed_of(state.before));
        } else if (state.before == 0) {
            made[0].text(key);
            made[1].integer(signed_of(state.version));
            put_content(made, 2, *state.put);
        } else {
            changed[0].text(key);
            changed[1].integer(signed_of(state.before));
            changed[2].integer(signed_of(state.version));
            put_content(changed, 3, *state.put);
        }
    }
    add("DELETE FROM " + table + " t USING " + gone.source() +
            " WHERE t.key = u.key AND t.version = u.version RETURNING 1",
        gone, sqlstate::records_moved);
    add("UPDATE " + table + " t SET version = u.version, updated_ms = " + clock_ + update.assignments + " FROM " +
            changed.source() + " WHERE t.key = u.key AND t.version = u.before RETURNING 1",
        changed, sqlstate::records_moved);
    insert_new("INSERT INTO " + table + "(key, version, updated_ms" + insert.names + ") SELECT u.key, u.version, " +
                   clock_ + insert.values + " FROM " + made.source(),
               made);
}

void GroupWriter::write_jobs() {
    MultiRow gone, freed, made;
    gone.column("key", Type::text).column("token", Type::bigint);
    freed.column("key", Type::text).column("token", Type::bigint).column("run_at", Type::bigint);
    freed.column("body", Type::bytes);
    made.column("key", Type::text).column("body", Type::bytes).column("queue", Type::text);
    made.column("run_at", Type::bigint).column("lease", Type::bigint).column("worker", Type::text);
    made.column("token", Type::bigint);
    for (const auto& [key, state] : state_.jobs) {
        if (!state.written) continue;
        if (state.there_before && (!state.there || state.enqueued)) {
            gone[0].text(key);
            gone[1].integer(signed_of(state.token_before));
        }
        if (const PreparedOp* op = state.enqueued) {
            const bool leased = op->lease_ms > 0;
            made[0].text(key);
            made[1].text(op->body);
            made[2].text(op->queue);
            made[3].integer(op->run_at_ms);
            made[4].integer(op->lease_ms);
            made[5].cell(leased ? Cell{op->worker} : Cell{});
            made[6].cell(leased ? Cell{signed_of(state.born_token)} : Cell{});
        } else if (const PreparedOp* again = state.rescheduled) {
            freed[0].text(key);
            freed[1].integer(signed_of(state.token_before));
            freed[2].integer(again->run_at_ms);
            freed[3].cell(again->body.empty() ? Cell{} : Cell{std::string(again->body)});
        }
    }
    add("DELETE FROM atr_jobs j USING " + gone.source() +
            " WHERE j.key = u.key AND j.lease_token = u.token RETURNING 1",
        gone, sqlstate::records_moved);
    add("UPDATE atr_jobs j SET version = j.version + 1, updated_ms = n.now, run_at_ms = r.run_at, due_ms = r.run_at, "
        "worker = NULL, lease_token = NULL, lease_until_ms = NULL, body = coalesce(u.body, j.body) FROM " +
            freed.source() + ", LATERAL (SELECT " + clock_ +
            " AS now) n, LATERAL (SELECT CASE WHEN u.run_at > 0 THEN u.run_at ELSE n.now END) r(run_at) WHERE j.key = "
            "u.key AND j.lease_token = u.token RETURNING 1",
        freed, sqlstate::records_moved);
    insert_new(
        "INSERT INTO atr_jobs(key, version, updated_ms, body, queue, run_at_ms, due_ms, attempt, worker, lease_token, "
        "lease_until_ms) SELECT u.key, 1, n.now, u.body, u.queue, r.run_at, CASE WHEN u.token IS NULL THEN r.run_at "
        "ELSE greatest(r.run_at, n.now + u.lease) END, CASE WHEN u.token IS NULL THEN 0 ELSE 1 END, u.worker, u.token, "
        "CASE WHEN u.token IS NULL THEN NULL ELSE n.now + u.lease END FROM " +
            made.source() + ", LATERAL (SELECT " + clock_ +
            " AS now) n, LATERAL (SELECT CASE WHEN u.run_at > 0 THEN u.run_at ELSE n.now END) r(run_at)",
        made);
}

void GroupWriter::write_counters(const Collection& collection, const States<CounterState>& states) {
    const std::string table = sql_name(collection.table);
    MultiRow added, made;
    added.column("key", Type::text).column("delta", Type::text).column("low", Type::text).column("high", Type::text);
    made.column("key", Type::text).column("value", Type::text);
    for (const auto& [key, state] : states) {
        if (!state.changed()) continue;
        if (state.must_insert()) {
            made[0].text(key);
            made[1].text(state.sum());
            continue;
        }
        added[0].text(key);
        added[1].text(state.sum());
        added[2].text(state.low());
        added[3].text(state.high());
    }
    add("INSERT INTO " + table + "(key, version, updated_ms, value) SELECT u.key, 1, " + clock_ +
            ", u.value::numeric FROM " + made.source() + " ON CONFLICT DO NOTHING RETURNING 1",
        made, sqlstate::counters_moved);
    add("UPDATE " + table +
            " t SET value = t.value + u.delta::numeric, version = t.version + 1, updated_ms = " + clock_ + " FROM " +
            added.source() + " WHERE t.key = u.key AND t.value BETWEEN u.low::numeric AND u.high::numeric RETURNING 1",
        added, sqlstate::counters_moved);
}

std::vector<Statement> GroupWriter::proofs() {
    for (const auto& [id, states] : state_.records) {
        MultiRow rows;
        rows.column("key", Type::text).column("version", Type::bigint);
        for (const auto& [key, state] : states) {
            if (!state.known || (state.written && (state.before != 0 || state.version != 0))) continue;
            rows[0].text(key);
            rows[1].integer(signed_of(state.before));
        }
        if (rows.rows() == 0) continue;
        statements_.push_back({"SELECT atr_require(count(*), 0, '" + std::string(sqlstate::records_moved) + "') FROM " +
                                   rows.source() + " LEFT JOIN " + sql_name(catalog_.find(id)->table) +
                                   " t ON t.key = u.key WHERE coalesce(t.version, 0) <> u.version",
                               rows.parameters()});
    }
    return std::move(statements_);
}

}  // namespace storage_postgres
