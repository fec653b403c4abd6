/// C views of what the host hands to a storage plugin. They borrow: the values they are made from stay where they are
/// and unchanged while a view lives.
#pragma once

#include <atr/storage.hpp>
#include <deque>
#include <vector>

#include "plugin/border.hpp"
#include "ports/batches.hpp"

namespace treasurer {

class SchemaView {
public:
    explicit SchemaView(const atr::Schema& from);
    const atr_schema* raw() const { return &raw_; }

private:
    std::deque<std::vector<atr_index_col>> columns_;
    std::deque<std::vector<atr_index_def>> indexes_;
    std::vector<atr_collection_def> collections_;
    atr_schema raw_{};
};

class QueryView {
public:
    explicit QueryView(const atr::Query& from);
    const atr_query* raw() const { return &raw_; }

private:
    std::vector<atr_value> eq_;
    atr_query raw_{};
};

/// A group of batches, with room for the plugin's answer to each, pre-filled "unknown".
class CommitGroupView {
public:
    explicit CommitGroupView(const Batches& batches);
    CommitGroupView(const CommitGroupView&) = delete;
    CommitGroupView& operator=(const CommitGroupView&) = delete;

    const atr_commit_group* raw() const { return &raw_; }

    /// What the plugin answered to each batch. An answer that breaks the contract is unknown.
    std::vector<atr::Commit> answers() const;
    /// True when the plugin called any batch committed: then a failure of the call as a whole proves nothing.
    bool any_ok() const;

private:
    atr::Commit answer(std::size_t batch) const;

    std::deque<atr::detail::RecordView> records_;
    std::vector<atr_op> ops_;
    std::vector<atr_batch> batches_;
    std::vector<std::uint64_t> versions_;
    std::vector<border::ErrorOut> errors_;
    std::vector<atr_commit> commits_;
    atr_commit_group raw_{};
};

}  // namespace treasurer
