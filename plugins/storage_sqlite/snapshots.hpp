/// Read transactions that stay open between the pages of a query with ATR_Q_SNAPSHOT, each on a connection of its own.
/// While one is open the write-ahead log cannot be shortened, so they are few and an idle one is closed.
/// Threads: all functions may be called concurrently; the pages of one snapshot are read one after the other.
#pragma once

#include <atr/result.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "connection.hpp"

namespace storage_sqlite {

class Snapshots {
public:
    explicit Snapshots(Connection::Options options) : options_(std::move(options)) {}
    ~Snapshots();

    struct Snapshot {
        explicit Snapshot(const Connection::Options& options) : connection(options), moment(connection) {}
        Connection connection;
        ReadScope moment;
        std::chrono::steady_clock::time_point used = std::chrono::steady_clock::now();
    };

    /// A new snapshot; it begins at its first read. Errors: retry when too many are open. Throws SqlError.
    atr::Result<std::unique_ptr<Snapshot>> open();
    /// Keeps it for the next page, under a number that is hard to hit by chance.
    std::uint64_t keep(std::unique_ptr<Snapshot> snapshot, std::uint64_t id);
    /// Takes it for reading a page; null when it is gone or in use.
    std::unique_ptr<Snapshot> take(std::uint64_t id);
    /// Closes a snapshot that is not kept on.
    void close(std::unique_ptr<Snapshot> snapshot);
    /// Closes those that nobody has used for a while. Cheap; call it from anywhere.
    void close_idle();

private:
    const Connection::Options options_;
    std::mutex mutex_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Snapshot>> kept_;
    std::size_t open_ = 0;
};

}  // namespace storage_sqlite
