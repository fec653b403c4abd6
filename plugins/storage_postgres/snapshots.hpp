/// Read transactions that stay open between the pages of a query with ATR_Q_SNAPSHOT, each on a connection of its own.
/// While one is open the server cannot clean up behind it, so they are few and an idle one is closed.
/// Threads: all functions may be called concurrently; the pages of one snapshot are read one after the other.
#pragma once

#include <atr/result.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "catalog.hpp"
#include "session_pool.hpp"

namespace storage_postgres {

class Snapshots {
public:
    explicit Snapshots(SessionPool& pool) : pool_(pool) {}

    struct Snapshot {
        std::unique_ptr<Session> session;
        std::shared_ptr<const Catalog> catalog;
        bool begun = false;  ///< it begins with its first read, which begin() is put before
        std::vector<Statement> begin() const;
        std::chrono::steady_clock::time_point used = std::chrono::steady_clock::now();
    };

    /// A new snapshot. Errors: retry when too many are open. Throws ConnectError.
    atr::Result<std::unique_ptr<Snapshot>> open(std::shared_ptr<const Catalog> catalog, Deadline deadline);
    /// Keeps it for the next page, under a number that is hard to hit by chance.
    std::uint64_t keep(std::unique_ptr<Snapshot> snapshot, std::uint64_t id);
    /// Takes it for reading a page; null when it is gone or in use.
    std::unique_ptr<Snapshot> take(std::uint64_t id);
    /// Closes a snapshot that is not kept on.
    void close(std::unique_ptr<Snapshot> snapshot);
    /// Closes those that nobody has used for a while. Cheap; call it from anywhere.
    void close_idle();
    std::size_t count() const {
        const std::lock_guard lock(mutex_);
        return open_;
    }

private:
    SessionPool& pool_;
    mutable std::mutex mutex_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Snapshot>> kept_;
    std::size_t open_ = 0;
};

}  // namespace storage_postgres
