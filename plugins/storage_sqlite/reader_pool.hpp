/// The connections that read, opened when first needed, each with its own prepared statements. They read beside the
/// writer and never wait for it. Threads: with() may be called concurrently.
#pragma once

#include <atr/result.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <type_traits>
#include <vector>

#include "connection.hpp"

namespace storage_sqlite {

class ReaderPool {
public:
    ReaderPool(Connection::Options options, std::size_t size) : options_(std::move(options)), unopened_(size) {}

    using Deadline = std::chrono::steady_clock::time_point;

    /// Runs read(connection) on a connection of its own. Errors: what `read` returns; retry when none came free before
    /// the deadline or the database could not be read.
    template <class Read>
    std::invoke_result_t<Read, Connection&> with(Deadline deadline, Read&& read) {
        try {
            Lease lease(*this, deadline);
            if (!lease.connection) return atr::retry(ATR_E_OVERLOADED, "all read connections are busy");
            return read(*lease.connection);
        } catch (const SqlError& error) {
            return to_error(error, atr::Outcome::retry, options_.path);
        }
    }

private:
    struct Lease {
        Lease(ReaderPool& pool_, Deadline deadline) : pool(pool_), connection(pool_.take(deadline)) {}
        ~Lease() { pool.give_back(std::move(connection)); }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ReaderPool& pool;
        std::unique_ptr<Connection> connection;
    };
    std::unique_ptr<Connection> take(Deadline deadline);
    void give_back(std::unique_ptr<Connection> connection);

    const Connection::Options options_;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<std::unique_ptr<Connection>> free_;
    std::size_t unopened_;
};

}  // namespace storage_sqlite
