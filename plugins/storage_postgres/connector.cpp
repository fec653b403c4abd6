#include "connector.hpp"

namespace storage_postgres {

Connector::~Connector() {
    Threads all;
    {
        std::unique_lock lock(mutex_);
        came_.wait(lock, [this] { return under_way_.empty(); });
        all.swap(ended_);
    }
    for (auto& thread : all) thread.join();
}

std::unique_ptr<Session> Connector::open(const Session::Options& options, Deadline deadline) {
    Threads ended;
    Opened first;
    {
        std::unique_lock lock(mutex_);
        ended.swap(ended_);
        ++waiting_;
        if (opened_.size() + under_way_.size() < waiting_) start(options);
        if (came_.wait_until(lock, deadline, [this] { return !opened_.empty(); })) {
            first = std::move(opened_.front());
            opened_.pop_front();
        }
        --waiting_;
        forget_failures_nobody_waits_for();
    }
    for (auto& thread : ended) thread.join();
    if (first.session) return std::move(first.session);
    if (first.failure) std::rethrow_exception(first.failure);
    ConnectError late("", "no connection was made before the deadline");
    late.timed_out = true;
    throw late;
}

/// With the lock held.
void Connector::start(const Session::Options& options) {
    const auto self = under_way_.emplace(under_way_.end());
    try {
        *self = std::thread([this, options, self] { run(options, self); });
    } catch (const std::system_error&) {
        under_way_.erase(self);  // no thread to be had: the one who asks waits for another's
    }
}

void Connector::run(const Session::Options& options, Threads::iterator self) {
    Opened out;
    try {
        out.session = std::make_unique<Session>(options);
    } catch (...) {
        out.failure = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    opened_.push_back(std::move(out));
    forget_failures_nobody_waits_for();
    ended_.splice(ended_.end(), under_way_, self);
    came_.notify_all();
}

/// With the lock held.
void Connector::forget_failures_nobody_waits_for() {
    if (waiting_ == 0) std::erase_if(opened_, [](const Opened& one) { return !one.session; });
}

}  // namespace storage_postgres
