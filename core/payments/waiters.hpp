/// Requests that wait for news of a payment. That something happened is only a hint to look: what counts is what
/// storage says, or what it has just acknowledged.
#pragma once

#include "records/payment.hpp"
#include "runtime/completion.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace treasurer::payments {

/// The payment as its end was stored; null: storage has to be asked.
using News = std::shared_ptr<const Payment>;

/// Threads: any.
class Waiters {
public:
    explicit Waiters(Executor& executor) : executor_(executor) {}

    /// A wait that ends with news of `payment_id`, or with null after `limit`. Made before the news can come.
    Completion<News> expect(const std::string& payment_id, Millis limit) {
        Completion<News> done(executor_);
        {
            const std::lock_guard lock(mutex_);
            waiting_.emplace(payment_id, done);
        }
        executor_.post_after(closed_ ? std::min(limit, after_close) : limit, [this, payment_id, done] {
            if (done.set(nullptr)) forget_ended(payment_id);
        });
        return done;
    }

    /// Something happened to it.
    void tell(const std::string& payment_id) { give(payment_id, nullptr); }
    /// The host stops: whoever waits looks now, and nobody should wait for a rail any more.
    void close() {
        closed_ = true;
        const std::lock_guard lock(mutex_);
        for (const auto& [payment_id, waiting] : waiting_) waiting.set(nullptr);
        waiting_.clear();
    }
    bool is_closed() const { return closed_; }
    bool is_waited_for(const std::string& payment_id) const {
        const std::lock_guard lock(mutex_);
        return waiting_.contains(payment_id);
    }

    /// A place among those who wait for a rail that takes its time; given back when it goes. Waiters outlive it.
    class Place {
    public:
        explicit Place(Waiters& of) : of_(&of) {}
        Place(Place&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
        Place& operator=(Place&&) = delete;
        ~Place() {
            if (of_) --of_->places_;
        }

    private:
        Waiters* of_;
    };
    /// nullopt: `most` have one already.
    std::optional<Place> take_place(std::size_t most) {
        if (++places_ <= most) return std::optional<Place>(*this);
        --places_;
        return std::nullopt;
    }

    /// It has ended, and is stored so.
    void tell(const std::string& payment_id, const Payment& ended) {
        give(payment_id, std::make_shared<const Payment>(ended));
    }

private:
    static constexpr Millis after_close{1000};

    void give(const std::string& payment_id, const News& news) {
        const std::lock_guard lock(mutex_);
        const auto [first, last] = waiting_.equal_range(payment_id);
        for (auto it = first; it != last; ++it) it->second.set(news);
        waiting_.erase(first, last);
    }
    void forget_ended(const std::string& payment_id) {
        const std::lock_guard lock(mutex_);
        const auto [first, last] = waiting_.equal_range(payment_id);
        for (auto it = first; it != last;) it = it->second.is_set() ? waiting_.erase(it) : std::next(it);
    }

    Executor& executor_;
    std::atomic<bool> closed_{false};
    std::atomic<std::size_t> places_{0};
    mutable std::mutex mutex_;
    std::multimap<std::string, Completion<News>> waiting_;
};

}  // namespace treasurer::payments
