#include "prepared_batch.hpp"

#include "index_values.hpp"
#include "stored_text.hpp"

namespace storage_postgres {
namespace {
using atr::rejected;
using atr::Result;

Result<> prepare_record_op(const atr::Op& from, PreparedOp& to) {
    if (to.collection->kind != CollectionKind::records)
        return rejected(ATR_E_BAD_INPUT, place_of(from.record) + ": " +
                                             (to.collection->kind == CollectionKind::counters
                                                  ? "a COUNTER collection changes by ADD alone"
                                                  : "this collection changes by its own ops alone"));
    if (from.op == ATR_OP_DELETE && from.expect_version == ATR_VER_ABSENT)
        return rejected(ATR_E_BAD_INPUT, place_of(from.record) + ": DELETE cannot expect that the record is absent");
    if (from.op != ATR_OP_PUT) return {};
    to.body = from.record.body;
    to.body_is_json = is_storable_json(to.body);
    auto cells = cells_of(*to.collection, from.record);
    if (!cells) return cells.error();
    to.cells = std::move(*cells);
    return {};
}

Result<> prepare_add(const atr::Op& from, PreparedOp& to) {
    if (to.collection->kind != CollectionKind::counters)
        return rejected(ATR_E_BAD_INPUT, place_of(from.record) + ": ADD needs a COUNTER collection");
    const auto delta = atr::units_from_string(from.delta);
    if (!delta)
        return rejected(ATR_E_BAD_INPUT, place_of(from.record) + ": delta is not an integer of up to 38 digits");
    to.delta = *delta;
    to.min = atr::units_from_string(from.min);
    to.max = atr::units_from_string(from.max);
    if ((!to.min && !from.min.empty()) || (!to.max && !from.max.empty()))
        return rejected(ATR_E_BAD_INPUT, place_of(from.record) + ": a bound is not an integer of up to 38 digits");
    return {};
}

Result<> prepare_job_op(const atr::Op& from, PreparedOp& to) {
    const std::string job = "job " + from.record.key;
    if (!from.record.collection.empty() && from.record.collection != "atr.jobs")
        return rejected(ATR_E_BAD_INPUT, job + ": a job op names no collection, or atr.jobs");
    if (from.op == ATR_OP_JOB_ENQUEUE && from.queue.empty()) return rejected(ATR_E_BAD_INPUT, job + ": has no queue");
    if (from.op == ATR_OP_JOB_ENQUEUE && from.lease_ms < 0)
        return rejected(ATR_E_BAD_INPUT, job + ": lease_ms below 0");
    if (from.op == ATR_OP_JOB_ENQUEUE && from.lease_ms > 0 && from.worker.empty())
        return rejected(ATR_E_BAD_INPUT, job + ": is born leased, but to no worker");
    if (!is_usable_name(from.queue) || !is_usable_name(from.worker))
        return rejected(ATR_E_BAD_INPUT,
                        job + ": queue and worker are UTF-8 of up to " + std::to_string(most_name_bytes) + " bytes");
    to.body = from.record.body;
    to.queue = to_stored(from.queue);
    to.worker = to_stored(from.worker);
    to.run_at_ms = from.run_at_unix_ms;
    to.lease_ms = from.lease_ms;
    to.lease_token = from.lease_token;
    return {};
}

Result<> prepare_op(const Catalog& catalog, const atr::Op& from, PreparedOp& to) {
    to.op = from.op;
    to.expect_version = from.expect_version;
    to.key = from.record.key;
    if (to.key.empty() || to.key.size() > most_key_bytes)
        return rejected(ATR_E_BAD_INPUT,
                        from.record.collection + ": a key has 1 to " + std::to_string(most_key_bytes) + " bytes");
    if (!is_utf8(to.key)) return rejected(ATR_E_BAD_INPUT, from.record.collection + ": a key is UTF-8");
    to.stored = to_stored(to.key);
    if (from.record.body.size() > most_body_bytes)
        return rejected(ATR_E_TOO_LARGE,
                        place_of(from.record) + ": body larger than " + std::to_string(most_body_bytes) + " bytes");
    switch (from.op) {
        case ATR_OP_JOB_ENQUEUE:
        case ATR_OP_JOB_DONE:
        case ATR_OP_JOB_RESCHEDULE:
            to.collection = catalog.find(jobs_collection_id);
            return prepare_job_op(from, to);
        case ATR_OP_CHECK:
        case ATR_OP_PUT:
        case ATR_OP_DELETE:
        case ATR_OP_ADD:
            to.collection = catalog.find(from.record.collection);
            if (!to.collection) return rejected(ATR_E_BAD_INPUT, "unknown collection '" + from.record.collection + "'");
            return from.op == ATR_OP_ADD ? prepare_add(from, to) : prepare_record_op(from, to);
        default:
            return rejected(ATR_E_BAD_INPUT, "unknown op " + std::to_string(from.op));
    }
}

}  // namespace

std::string place_of(const atr::Record& record) {
    return record.collection + "/" + record.key;
}

bool is_usable_key(std::string_view key) {
    return !key.empty() && key.size() <= most_key_bytes && is_utf8(key);
}

bool is_usable_name(std::string_view name) {
    return name.size() <= most_name_bytes && is_utf8(name);
}

PreparedBatch prepare(const Catalog& catalog, const atr::Batch& batch) {
    PreparedBatch out;
    out.idempotency_key = to_stored(batch.idempotency_key);
    out.fingerprint = batch.fingerprint;
    out.key_expires_ms = batch.key_expires_unix_ms;
    if (batch.ops.size() > most_ops || batch.idempotency_key.size() > most_key_bytes ||
        !is_utf8(batch.idempotency_key)) {
        out.refusal = rejected(ATR_E_TOO_LARGE, "a batch has up to " + std::to_string(most_ops) +
                                                    " ops and an idempotency key of up to " +
                                                    std::to_string(most_key_bytes) + " bytes of UTF-8");
        return out;
    }
    if (catalog.generation == 0) {
        out.refusal = rejected(ATR_E_BAD_INPUT, "the store has no schema yet: migrate first");
        return out;
    }
    out.ops.resize(batch.ops.size());
    for (std::size_t i = 0; i < batch.ops.size(); ++i) {
        if (auto prepared = prepare_op(catalog, batch.ops[i], out.ops[i]); !prepared) {
            out.refusal = prepared.error();
            out.refused_op = static_cast<std::uint32_t>(i);
            return out;
        }
    }
    return out;
}

}  // namespace storage_postgres
