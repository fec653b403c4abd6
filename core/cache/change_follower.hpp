/// Follows the store's change feed, so that what another host commits makes this host's cached answers stale too.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "cache/cache_service.hpp"
#include "cache/change_listener.hpp"
#include "ports/storage_port.hpp"
#include "records/newest_commit.hpp"
#include "runtime/pause.hpp"

namespace treasurer::cache {

struct FollowSettings {
    Millis poll{200};
    std::uint32_t page = 1000;  ///< records asked for at once
    Millis timeout{5000};
};

/// Begins by making everything stale, since it knows nothing of the commits before. So it does when the feed no longer
/// has the commits after its place, and when the store has gone back behind it, as after a failover that lost commits.
/// Threads: start() and stop() from any; the rest runs on the executor. Lifetime: everything it is given outlives it;
/// after stop() the scope is idle when the call under way has ended.
class ChangeFollower {
public:
    /// `newest`: is told of the commits that the feed tells of; may be null.
    ChangeFollower(StoragePort& storage, CacheService& cache, Executor& executor, FollowSettings settings = {},
                   NewestCommit* newest = nullptr)
        : storage_(storage), cache_(cache), settings_(settings), newest_(newest), pause_(executor) {}

    /// Looks where the feed is now. False: storage did not say; start() tries again. Before start() alone.
    Task<bool> begin();
    void start(TaskScope& scope) { scope.spawn(run()); }
    void stop() {
        stopping_ = true;
        pause_.wake();
    }

    /// Tells `listener` where it is, if it has begun, and from its next look at the feed on what it reads there; null:
    /// nobody. When this returns, no call of the one before is under way.
    void tell(std::shared_ptr<ChangeListener> listener) {
        const std::lock_guard lock(listening_);
        listener_ = std::move(listener);
        if (listener_ && has_begun_) listener_->lost_track(position_);
    }

    /// Commits up to it were seen.
    std::uint64_t position() const { return position_; }
    /// How often everything was made stale because the feed had a gap or went back.
    std::uint64_t gaps() const { return gaps_; }

private:
    enum class Step { more, wait };
    Task<> run();
    Task<Step> follow();
    Task<bool> hear_of_store();
    /// The position moves with what the listener is told.
    template <class Call>
    void move_to(std::uint64_t position, Call call) {
        const std::lock_guard lock(listening_);
        position_ = position;
        has_begun_ = true;
        if (listener_) call(*listener_);
    }

    StoragePort& storage_;
    CacheService& cache_;
    const FollowSettings settings_;
    NewestCommit* const newest_;
    Pause pause_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> position_{0}, gaps_{0};
    std::mutex listening_;
    bool has_begun_ = false;
    bool hears_of_store_ = true;  ///< whose it is, and in which of its lives, since it lost commits
    Moment look_began_ = 0;       ///< of the newest look that came to the feed's end; 0: none did
    std::shared_ptr<ChangeListener> listener_;
};

}  // namespace treasurer::cache
