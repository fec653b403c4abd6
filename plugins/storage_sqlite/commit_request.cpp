#include "commit_request.hpp"

#include "prepared_batch.hpp"

namespace storage_sqlite {
namespace {

class CommitRequest final : public WriteRequest {
public:
    CommitRequest(std::shared_ptr<const Catalog> catalog, std::span<const atr::Batch> batches)
        : catalog_(std::move(catalog)) {
        batches_.reserve(batches.size());
        for (const auto& batch : batches) {
            batches_.push_back(prepare(*catalog_, batch));
            bytes_ += batches_.back().bytes;
        }
    }

    void run(WriteTransaction& transaction, BatchJudge& judge) override {
        results.clear();
        stale = transaction.catalog()->generation != catalog_->generation;
        if (stale) return;
        results.reserve(batches_.size());
        for (const auto& batch : batches_) results.push_back(batch.refusal ? refusal_of(batch) : judge.judge(batch));
    }
    std::size_t batches() const override { return batches_.size(); }
    std::size_t bytes() const override { return bytes_; }
    bool needs_database() const {
        for (const auto& batch : batches_)
            if (!batch.refusal) return true;
        return false;
    }

    std::vector<atr::Commit> results;
    bool stale = false;  ///< another process has migrated since the batches were prepared

    static atr::Commit refusal_of(const PreparedBatch& batch) {
        atr::Commit out;
        out.outcome = batch.refusal->outcome;
        out.error = *batch.refusal;
        out.conflict_op = batch.refused_op;
        return out;
    }
    void refuse_all() {
        for (const auto& batch : batches_) results.push_back(refusal_of(batch));
    }

private:
    const std::shared_ptr<const Catalog> catalog_;
    std::vector<PreparedBatch> batches_;
    std::size_t bytes_ = 0;
};

}  // namespace

atr::Result<> commit_batches(GroupWriter& writer, std::span<const atr::Batch> batches, std::span<atr::Commit> results,
                             GroupWriter::Deadline deadline) {
    for (;;) {
        const auto request = std::make_shared<CommitRequest>(writer.catalog(), batches);
        if (request->needs_database()) {
            if (auto done = writer.submit(request, deadline); !done) return done;
            if (request->stale) continue;
        } else {
            request->refuse_all();
        }
        for (std::size_t i = 0; i < results.size(); ++i) results[i] = std::move(request->results[i]);
        return {};
    }
}

}  // namespace storage_sqlite
