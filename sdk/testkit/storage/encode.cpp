#include "storage/encode.hpp"

#include <cstring>

namespace atr::testkit {

namespace {

/// What a plugin would read where it steps by its own sizeof.
constexpr std::byte rubbish{0xA5};
constexpr std::size_t newer_bytes = 24;

template <class T>
T& element(std::vector<std::byte>& array, std::size_t index, std::size_t stride) {
    return *reinterpret_cast<T*>(array.data() + index * stride);
}

}  // namespace

EncodedGroup::EncodedGroup(std::span<const atr::Batch> batches, Layout layout)
    : extra_(layout == Layout::newer_host ? newer_bytes : 0) {
    const std::size_t batch_stride = sizeof(atr_batch) + extra_, commit_stride = sizeof(atr_commit) + extra_;
    batches_.assign(batches.size() * batch_stride, rubbish);
    commits_.assign(batches.size() * commit_stride, rubbish);
    for (std::size_t i = 0; i < batches.size(); ++i)
        add(batches[i], element<atr_batch>(batches_, i, batch_stride), element<atr_commit>(commits_, i, commit_stride));
    group_.struct_size = sizeof group_;
    group_.n_batches = static_cast<std::uint32_t>(batches.size());
    group_.batch_stride = static_cast<std::uint32_t>(batch_stride);
    group_.commit_stride = static_cast<std::uint32_t>(commit_stride);
    group_.batches = reinterpret_cast<const atr_batch*>(batches_.data());
    group_.results = reinterpret_cast<atr_commit*>(commits_.data());
}

void EncodedGroup::add(const atr::Batch& batch, atr_batch& to, atr_commit& result) {
    const std::size_t op_stride = sizeof(atr_op) + extra_, record_size = sizeof(atr_record) + extra_;
    auto& ops = ops_.emplace_back(batch.ops.size() * op_stride, rubbish);
    for (std::size_t i = 0; i < batch.ops.size(); ++i) {
        const atr::Op& from = batch.ops[i];
        auto& record = records_.emplace_back(record_size, rubbish);
        std::memcpy(record.data(), views_.emplace_back(from.record).get(), sizeof(atr_record));
        element<atr_record>(record, 0, 1).struct_size = static_cast<std::uint32_t>(record_size);
        element<atr_op>(ops, i, op_stride) = {static_cast<std::uint32_t>(op_stride),
                                              from.op,
                                              from.expect_version,
                                              reinterpret_cast<const atr_record*>(record.data()),
                                              atr::borrow(from.delta),
                                              atr::borrow(from.min),
                                              atr::borrow(from.max),
                                              atr::borrow(from.queue),
                                              atr::borrow(from.worker),
                                              from.run_at_unix_ms,
                                              from.lease_ms,
                                              from.lease_token};
    }
    to = {static_cast<std::uint32_t>(sizeof(atr_batch) + extra_),
          static_cast<std::uint32_t>(batch.ops.size()),
          static_cast<std::uint32_t>(op_stride),
          0,
          atr::borrow(batch.idempotency_key),
          atr::borrow(batch.fingerprint),
          batch.key_expires_unix_ms,
          reinterpret_cast<const atr_op*>(ops.data())};
    auto& versions = versions_.emplace_back(batch.ops.size() + 1, 0);
    auto& error = errors_.emplace_back();
    error.struct_size = sizeof error;
    error.retry_after_ms = -1;
    result = {
        static_cast<std::uint32_t>(sizeof(atr_commit) + extra_), ATR_UNKNOWN, 0, 0, 0, 0, 0, versions.data(), &error};
}

std::vector<atr::Commit> EncodedGroup::results() const {
    std::vector<atr::Commit> out;
    for (std::uint32_t i = 0; i < group_.n_batches; ++i) {
        const atr_commit& from = *atr::at(group_.results, i, group_.commit_stride);
        const std::uint32_t capacity = atr::at(group_.batches, i, group_.batch_stride)->n_ops;
        if (from.outcome < ATR_OK || from.outcome > ATR_UNSUPPORTED)
            throw Failure{"a batch's outcome is one of the closed set", std::to_string(from.outcome),
                          std::string(rule_outcomes)};
        expect(from.n_versions <= capacity && versions_[i].back() == 0, "at most one version an op",
               std::to_string(from.n_versions) + " for " + std::to_string(capacity) + " ops");
        const atr::Outcome outcome = atr::to_outcome(from.outcome);
        out.push_back({.outcome = outcome,
                       .replayed = from.replayed != 0,
                       .conflict_op = from.conflict_op,
                       .commit_seq = from.commit_seq,
                       .versions = {from.versions, from.versions + from.n_versions},
                       .error = {.outcome = outcome,
                                 .code = from.error->code,
                                 .message = std::string(from.error->message,
                                                        strnlen(from.error->message, sizeof from.error->message))}});
    }
    return out;
}

EncodedSchema::EncodedSchema(const atr::Schema& schema) {
    for (const auto& collection : schema.collections) {
        auto& indexes = indexes_.emplace_back();
        for (const auto& index : collection.indexes) {
            auto& columns = columns_.emplace_back();
            for (const auto& column : index.columns)
                columns.push_back({atr::borrow(column.json_pointer), column.type, 0});
            indexes.push_back({atr::borrow(index.name), static_cast<std::uint32_t>(columns.size()),
                               index.unique ? 1u : 0u, columns.data()});
        }
        std::uint32_t flags = 0;
        if (collection.counter) flags |= ATR_CF_COUNTER;
        if (collection.blob) flags |= ATR_CF_BLOB;
        collections_.push_back(
            {atr::borrow(collection.name), static_cast<std::uint32_t>(indexes.size()), flags, indexes.data()});
    }
    raw_ = {sizeof raw_, static_cast<std::uint32_t>(collections_.size()), schema.version, collections_.data()};
}

}  // namespace atr::testkit
