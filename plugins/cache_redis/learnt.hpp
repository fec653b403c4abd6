/// Something learnt from the servers, and learnt anew when it is suspected to have changed: by one caller at a time,
/// not in a hurry, while the others go on with what was known.
/// Threads: any.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <random>

#include "circuit.hpp"
#include "deadline.hpp"

namespace cache_redis {

template <class Known>
class Learnt {
public:
    using Ask = std::function<atr::Result<Known>(Deadline)>;
    using Answer = atr::Result<std::shared_ptr<const Known>>;

    Learnt(Ask ask, const RedisSettings& settings)
        : ask_(std::move(ask)),
          pause_(settings.back_off_min),
          circuit_(settings.back_off_min, settings.back_off_max, std::random_device{}()) {}

    /// Errors: what asking says; never while something is known, however old.
    Answer get(Deadline deadline) {
        std::unique_lock lock(mutex_);
        if (!known_ && asking_ && !ended_.wait_until(lock, deadline.at(), [&] { return !asking_; }))
            return atr::retry(ATR_E_TIMEOUT, "who serves what was not learnt in time");
        const auto now = Deadline::Clock::now();
        if (known_ && (!suspected_ || asking_ || now < next_)) return known_;
        if (const auto refusal = circuit_.refusal(now)) return known_ ? Answer(known_) : Answer(*refusal);
        return learn(lock, deadline);
    }
    /// What is known may be wrong: the next get() asks, unless that was just done.
    void suspect() {
        const std::lock_guard lock(mutex_);
        suspected_ = true;
    }
    /// Changes what is known.
    template <class Change>
    void amend(Change&& change) {
        const std::lock_guard lock(mutex_);
        if (!known_) return;
        auto changed = std::make_shared<Known>(*known_);
        change(*changed);
        known_ = std::move(changed);
    }

private:
    Answer learn(std::unique_lock<std::mutex>& lock, Deadline deadline) {
        asking_ = true;
        suspected_ = false;
        lock.unlock();
        auto answer = ask_(deadline);
        lock.lock();
        asking_ = false;
        next_ = Deadline::Clock::now() + pause_;
        ended_.notify_all();
        if (answer) {
            circuit_.succeeded();
            known_ = std::make_shared<Known>(std::move(*answer));
            return known_;
        }
        suspected_ = true;
        circuit_.failed(Deadline::Clock::now(), answer.error());
        return known_ ? Answer(known_) : Answer(answer.error());
    }

    const Ask ask_;
    const Millis pause_;
    std::mutex mutex_;
    std::condition_variable ended_;
    Circuit circuit_;
    std::shared_ptr<const Known> known_;
    bool asking_ = false, suspected_ = false;
    Deadline::Clock::time_point next_{};
};

}  // namespace cache_redis
