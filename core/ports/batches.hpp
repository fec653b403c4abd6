/// The batches of one commit. They are shared and no longer changed, so that asking again copies nothing.
#pragma once

#include <atr/storage.hpp>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace treasurer {

/// A range of const atr::Batch&. Threads: any may read; one at a time may add.
class Batches {
public:
    using Shared = std::shared_ptr<const atr::Batch>;

    class Iterator {
    public:
        explicit Iterator(std::vector<Shared>::const_iterator at) : at_(at) {}
        const atr::Batch& operator*() const { return **at_; }
        Iterator& operator++() {
            ++at_;
            return *this;
        }
        bool operator==(const Iterator&) const = default;

    private:
        std::vector<Shared>::const_iterator at_;
    };

    Batches() = default;
    /// Implicit: whoever has a list of its own commits it as it is.
    Batches(std::vector<atr::Batch> own) {
        batches_.reserve(own.size());
        for (auto& batch : own) push_back(std::make_shared<const atr::Batch>(std::move(batch)));
    }

    Batches(std::initializer_list<atr::Batch> own) : Batches(std::vector<atr::Batch>(own)) {}

    void push_back(Shared batch) { batches_.push_back(std::move(batch)); }
    std::size_t size() const { return batches_.size(); }
    bool empty() const { return batches_.empty(); }
    const atr::Batch& operator[](std::size_t i) const { return *batches_[i]; }
    Iterator begin() const { return Iterator(batches_.begin()); }
    Iterator end() const { return Iterator(batches_.end()); }

private:
    std::vector<Shared> batches_;
};

}  // namespace treasurer
