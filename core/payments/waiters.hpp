/// Requests that wait for news of a payment. News is only a hint to look: what counts is what storage says.
#pragma once

#include "runtime/completion.hpp"

#include <map>
#include <mutex>
#include <string>

namespace treasurer::payments {

/// Threads: any.
class Waiters {
public:
    explicit Waiters(Executor& executor) : executor_(executor) {}

    /// A wait that ends with true on news of `payment_id`, with false after `limit`. Made before the news can come.
    Completion<bool> expect(const std::string& payment_id, Millis limit) {
        Completion<bool> done(executor_);
        {
            const std::lock_guard lock(mutex_);
            waiting_.emplace(payment_id, done);
        }
        executor_.post_after(limit, [this, payment_id, done] {
            if (done.set(false)) forget_ended(payment_id);
        });
        return done;
    }

    void tell(const std::string& payment_id) {
        const std::lock_guard lock(mutex_);
        const auto [first, last] = waiting_.equal_range(payment_id);
        for (auto it = first; it != last; ++it) it->second.set(true);
        waiting_.erase(first, last);
    }

private:
    void forget_ended(const std::string& payment_id) {
        const std::lock_guard lock(mutex_);
        const auto [first, last] = waiting_.equal_range(payment_id);
        for (auto it = first; it != last;) it = it->second.is_set() ? waiting_.erase(it) : std::next(it);
    }

    Executor& executor_;
    std::mutex mutex_;
    std::multimap<std::string, Completion<bool>> waiting_;
};

}  // namespace treasurer::payments
