/// Connections to one server: `size` are kept, `overflow` more are opened while all are busy. One that broke, or grew
/// old, is replaced by a new one at its next use; one that was idle is tried first. Before the first is given out, a
/// pooler that shares server sessions is looked for where that would be wrong.
/// Threads: every method may be called concurrently.
#pragma once

#include <algorithm>
#include <atomic>
#include <atr/result.hpp>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "connector.hpp"

namespace storage_postgres {

class SessionPool {
public:
    struct Options {
        std::size_t size = 4, overflow = 4;
        std::chrono::milliseconds recycle{1'800'000}, check_idle{5'000};
        bool may_be_shared = false;  ///< nothing outlives a transaction: any pooler will do
    };
    /// Says how to connect, each time anew, so that a rotated password is taken up. Errors: atr::Error as it stands.
    using Target = std::function<atr::Result<Session::Options>()>;

    SessionPool(Options options, Target target) : options_(options), target_(std::move(target)) {}

    /// A session for the time of its life; its transaction, if one is left open, is rolled back.
    class Lease {
    public:
        Lease(SessionPool& pool, std::unique_ptr<Session> session) : pool_(&pool), session_(std::move(session)) {}
        ~Lease();
        Lease(Lease&&) = default;
        Lease& operator=(Lease&&) = delete;
        Session* operator->() const { return session_.get(); }
        Session& operator*() const { return *session_; }

    private:
        SessionPool* pool_;
        std::unique_ptr<Session> session_;
    };
    /// Errors: retry when none was free by the deadline; rejected, ATR_E_CONFIG, when a pooler shares sessions that may
    /// not be; what the target says; throws ConnectError.
    atr::Result<Lease> take(Deadline deadline);

    /// A session that is not one of the pool's, for long use. Errors: as take().
    atr::Result<std::unique_ptr<Session>> connect(Deadline deadline);

    struct Usage {
        std::size_t idle = 0, busy = 0;
        std::uint64_t opened = 0;
    };
    Usage usage() const;

private:
    class Look;
    atr::Result<std::unique_ptr<Session>> open(Deadline deadline);
    atr::Result<> check_sharing(Session& first, Deadline deadline);
    bool is_fresh(Session& session, Deadline deadline) const;
    void give_back(std::unique_ptr<Session> session);

    const Options options_;
    const Target target_;
    Connector connector_;
    std::atomic<bool> checked_{false};  ///< sessions are not shared, or may be
    mutable std::mutex mutex_;
    std::condition_variable freed_, looked_;
    bool is_looking_ = false;  ///< one looks for a pooler: with the first connection of all
    std::vector<std::unique_ptr<Session>> idle_;
    std::size_t open_ = 0;
    std::uint64_t opened_ = 0;
};

}  // namespace storage_postgres
