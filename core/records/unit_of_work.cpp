#include "records/unit_of_work.hpp"

#include <algorithm>

namespace treasurer {

atr::Op& UnitOfWork::step(std::int32_t op, std::string collection, std::string key, std::string label) {
    auto& out = batch_.ops.emplace_back();
    out.op = op;
    out.record.collection = std::move(collection);
    out.record.key = std::move(key);
    labels_.push_back(std::move(label));
    return out;
}

UnitOfWork& UnitOfWork::put(std::string collection, std::string key, std::string body,
                            std::vector<atr::IndexEntry> index, std::uint64_t expect, std::string label) {
    auto& op = step(ATR_OP_PUT, std::move(collection), std::move(key), std::move(label));
    op.expect_version = expect;
    op.record.body = std::move(body);
    op.record.index = std::move(index);
    return *this;
}

UnitOfWork& UnitOfWork::check(std::string collection, std::string key, std::uint64_t version, std::string label) {
    step(ATR_OP_CHECK, std::move(collection), std::move(key), std::move(label)).expect_version = version;
    return *this;
}

UnitOfWork& UnitOfWork::check_once(const std::string& collection, const std::string& key, std::uint64_t version,
                                   std::string label) {
    const bool is_there = std::any_of(batch_.ops.begin(), batch_.ops.end(), [&](const atr::Op& op) {
        return op.op == ATR_OP_CHECK && op.record.key == key && op.record.collection == collection &&
               op.expect_version == version;
    });
    return is_there ? *this : check(collection, key, version, std::move(label));
}

UnitOfWork& UnitOfWork::add(std::string collection, std::string key, atr::Int128 units, bool floor_zero,
                            std::string label) {
    auto& op = step(ATR_OP_ADD, std::move(collection), std::move(key), std::move(label));
    op.delta = atr::units_to_string(units);
    if (floor_zero) op.min = "0";
    return *this;
}

UnitOfWork& UnitOfWork::leave_at_least(std::string_view collection, std::string_view key, atr::Int128 units) {
    for (atr::Op& op : batch_.ops)
        if (op.op == ATR_OP_ADD && !op.min.empty() && op.record.key == key && op.record.collection == collection)
            op.min = atr::units_to_string(std::max(units, atr::Int128{0}));
    return *this;
}

UnitOfWork& UnitOfWork::enqueue_leased(std::string queue, std::string id, std::string worker, Millis lease) {
    auto& op = step(ATR_OP_JOB_ENQUEUE, "atr.jobs", std::move(id), "job");
    op.expect_version = ATR_VER_ABSENT;
    op.queue = std::move(queue);
    op.worker = std::move(worker);
    op.lease_ms = lease.count();
    return *this;
}

std::size_t UnitOfWork::keep_lease(std::string queue, std::string id, std::uint64_t token, std::string worker,
                                   Millis lease) {
    job_done(queue, id, token);
    const std::size_t out = size();
    enqueue_leased(std::move(queue), std::move(id), std::move(worker), lease);
    labels_.back() = "lease";
    return out;
}

UnitOfWork& UnitOfWork::job_done(std::string queue, std::string id, std::uint64_t token) {
    auto& op = step(ATR_OP_JOB_DONE, "atr.jobs", std::move(id), "lease");
    op.queue = std::move(queue);
    op.lease_token = token;
    return *this;
}

UnitOfWork& UnitOfWork::reschedule(std::string queue, std::string id, std::uint64_t token, std::int64_t run_at_ms) {
    auto& op = step(ATR_OP_JOB_RESCHEDULE, "atr.jobs", std::move(id), "lease");
    op.queue = std::move(queue);
    op.lease_token = token;
    op.run_at_unix_ms = run_at_ms;
    return *this;
}

std::optional<std::size_t> UnitOfWork::place_of(std::string_view collection, std::string_view key) const {
    for (std::size_t i = 0; i < batch_.ops.size(); ++i) {
        const atr::Op& op = batch_.ops[i];
        if (op.op == ATR_OP_PUT && op.record.collection == collection && op.record.key == key) return i;
    }
    return std::nullopt;
}

}  // namespace treasurer
