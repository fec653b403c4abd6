#include "plugin/storage_encode.hpp"

namespace treasurer {

using atr::borrow;

namespace {

std::uint32_t count(std::size_t n) {
    return static_cast<std::uint32_t>(n);
}

atr_value value_view(const atr::Value& from) {
    return {from.type, 0, from.integer, borrow(from.text)};
}

atr_op op_view(const atr::Op& from, const atr_record* record) {
    return {.struct_size = sizeof(atr_op),
            .op = from.op,
            .expect_version = from.expect_version,
            .rec = record,
            .delta = borrow(from.delta),
            .min = borrow(from.min),
            .max = borrow(from.max),
            .queue = borrow(from.queue),
            .worker = borrow(from.worker),
            .run_at_unix_ms = from.run_at_unix_ms,
            .lease_ms = from.lease_ms,
            .lease_token = from.lease_token};
}

}  // namespace

SchemaView::SchemaView(const atr::Schema& from) {
    collections_.reserve(from.collections.size());
    for (const auto& collection : from.collections) {
        auto& indexes = indexes_.emplace_back();
        for (const auto& index : collection.indexes) {
            auto& columns = columns_.emplace_back();
            for (const auto& column : index.columns) columns.push_back({borrow(column.json_pointer), column.type, 0});
            indexes.push_back({borrow(index.name), count(columns.size()), index.unique ? 1u : 0u, columns.data()});
        }
        const std::uint32_t flags = (collection.counter ? std::uint32_t{ATR_CF_COUNTER} : 0u) |
                                    (collection.blob ? std::uint32_t{ATR_CF_BLOB} : 0u);
        collections_.push_back({borrow(collection.name), count(indexes.size()), flags, indexes.data()});
    }
    raw_ = {sizeof(atr_schema), count(collections_.size()), from.version, collections_.data()};
}

QueryView::QueryView(const atr::Query& from) {
    eq_.reserve(from.eq.size());
    for (const auto& value : from.eq) eq_.push_back(value_view(value));
    raw_.struct_size = sizeof raw_;
    raw_.limit = from.limit;
    raw_.flags = from.flags;
    raw_.descending = from.descending ? 1 : 0;
    raw_.min_seq = from.min_seq;
    raw_.collection = borrow(from.collection);
    raw_.index = borrow(from.index);
    raw_.n_eq = count(eq_.size());
    raw_.eq = eq_.data();
    raw_.lo = value_view(from.lo);
    raw_.hi = value_view(from.hi);
    raw_.cursor = borrow(from.cursor);
}

CommitGroupView::CommitGroupView(const Batches& batches) : errors_(batches.size()) {
    std::size_t total = 0;
    for (const auto& batch : batches) total += batch.ops.size();
    ops_.reserve(total);
    batches_.reserve(batches.size());
    commits_.reserve(batches.size());
    versions_.resize(total);
    for (const auto& batch : batches) {
        const std::size_t first = ops_.size();
        for (const auto& op : batch.ops) ops_.push_back(op_view(op, records_.emplace_back(op.record).get()));
        batches_.push_back({.struct_size = sizeof(atr_batch),
                            .n_ops = count(batch.ops.size()),
                            .op_stride = sizeof(atr_op),
                            .reserved0 = 0,
                            .idempotency_key = borrow(batch.idempotency_key),
                            .fingerprint = borrow(batch.fingerprint),
                            .key_expires_unix_ms = batch.key_expires_unix_ms,
                            .ops = ops_.data() + first});
        atr_commit& commit = commits_.emplace_back();
        commit.struct_size = sizeof commit;
        commit.outcome = ATR_UNKNOWN;
        commit.versions = versions_.data() + first;
        commit.error = errors_[commits_.size() - 1].raw();
    }
    raw_ = {sizeof(atr_commit_group), count(batches_.size()), sizeof(atr_batch),
            sizeof(atr_commit),       batches_.data(),        commits_.data()};
}

atr::Commit CommitGroupView::answer(std::size_t batch) const {
    const atr_commit& from = commits_[batch];
    const std::uint32_t ops = batches_[batch].n_ops;
    atr::Commit out;
    out.outcome = atr::to_outcome(from.outcome);
    out.replayed = from.replayed != 0;
    out.commit_seq = from.commit_seq;
    if (out.outcome != atr::Outcome::ok) {
        out.conflict_op = from.conflict_op < ops ? from.conflict_op : 0;
        out.error = errors_[batch].read(from.outcome);
        return out;
    }
    if (from.n_versions > ops) {
        out.outcome = atr::Outcome::unknown;
        out.error = border::malformed(atr::Outcome::unknown, "more versions than operations");
        return out;
    }
    const std::uint64_t* versions = versions_.data() + (batches_[batch].ops - ops_.data());
    out.versions.assign(versions, versions + from.n_versions);
    out.versions.resize(ops);  // a version not given reads as "absent": the next write with it conflicts and re-reads
    return out;
}

std::vector<atr::Commit> CommitGroupView::answers() const {
    std::vector<atr::Commit> out;
    out.reserve(commits_.size());
    for (std::size_t i = 0; i < commits_.size(); ++i) out.push_back(answer(i));
    return out;
}

bool CommitGroupView::any_ok() const {
    for (const auto& commit : commits_)
        if (commit.outcome == ATR_OK) return true;
    return false;
}

}  // namespace treasurer
