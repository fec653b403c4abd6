/// Opens connections on threads of its own, because libpq resolves names and shakes hands for as long as that takes:
/// who asks waits no longer than he has time. A connection that comes too late for him is there for the next who asks.
/// Threads: every method may be called concurrently.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "session.hpp"

namespace storage_postgres {

class Connector {
public:
    Connector() = default;
    /// Waits for connections under way: connect_timeout for each host, at most.
    ~Connector();
    Connector(const Connector&) = delete;
    Connector& operator=(const Connector&) = delete;

    /// `options` may differ from call to call in the password alone. Throws ConnectError; timed_out: by the deadline
    /// there was neither a connection nor a refusal.
    std::unique_ptr<Session> open(const Session::Options& options, Deadline deadline);

private:
    struct Opened {
        std::unique_ptr<Session> session;
        std::exception_ptr failure;
    };
    using Threads = std::list<std::thread>;
    void start(const Session::Options& options);
    void run(const Session::Options& options, Threads::iterator self);
    void forget_failures_nobody_waits_for();

    std::mutex mutex_;
    std::condition_variable came_;
    std::deque<Opened> opened_;
    Threads under_way_, ended_;
    std::size_t waiting_ = 0;
};

}  // namespace storage_postgres
