/// C views of a group of batches. Valid while the batches live and are unchanged.
#pragma once

#include <atr/storage.hpp>
#include <cstddef>
#include <deque>
#include <span>
#include <vector>

#include "storage/store.hpp"

namespace atr::testkit {

class EncodedGroup {
public:
    /// Borrows the texts of `batches`, which must outlive it.
    EncodedGroup(std::span<const atr::Batch> batches, Layout layout);
    EncodedGroup(std::vector<atr::Batch>&&, Layout) = delete;
    EncodedGroup(const EncodedGroup&) = delete;
    EncodedGroup& operator=(const EncodedGroup&) = delete;

    const atr_commit_group* get() const { return &group_; }
    std::vector<atr::Commit> results() const;

private:
    void add(const atr::Batch& batch, atr_batch& to, atr_commit& result);

    const std::size_t extra_;  ///< bytes behind each struct that this header does not know
    std::vector<std::byte> batches_, commits_;
    std::deque<std::vector<std::byte>> ops_;
    std::deque<std::vector<std::byte>> records_;
    std::deque<atr::detail::RecordView> views_;
    std::deque<std::vector<std::uint64_t>> versions_;
    std::deque<atr_error> errors_;
    atr_commit_group group_{};
};

class EncodedSchema {
public:
    explicit EncodedSchema(const atr::Schema& schema);
    EncodedSchema(const EncodedSchema&) = delete;
    EncodedSchema& operator=(const EncodedSchema&) = delete;
    const atr_schema* get() const { return &raw_; }

private:
    std::deque<std::vector<atr_index_col>> columns_;
    std::deque<std::vector<atr_index_def>> indexes_;
    std::vector<atr_collection_def> collections_;
    atr_schema raw_{};
};

}  // namespace atr::testkit
