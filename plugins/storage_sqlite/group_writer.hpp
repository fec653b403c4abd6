/// The one writer of this process: a thread that takes all requests that wait, runs them in one transaction and makes
/// them durable with one flush (group commit).
///
/// It takes the database's write lock first and the queue's content after, so that all who arrive while another process
/// holds the lock share the next transaction, and whose deadline passes meanwhile is provably untouched.
/// Threads: submit() may be called concurrently. Errors: returned.
#pragma once

#include <atr/storage.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "batch_judge.hpp"
#include "write_transaction.hpp"

namespace storage_sqlite {

/// Work for the writer thread. It owns all it needs, because its caller may have left when it runs. run() may happen
/// more than once (a failed transaction is tried again): it must begin by resetting its results.
class WriteRequest {
public:
    virtual ~WriteRequest() = default;
    /// Judges and writes. Throws SqlError when the transaction as a whole fails.
    virtual void run(WriteTransaction& transaction, BatchJudge& judge) = 0;
    virtual std::size_t batches() const { return 1; }
    virtual std::size_t bytes() const { return 256; }

private:
    friend class GroupWriter;
    enum class State { queued, taken, done };
    State state_ = State::queued;
    atr::Result<> result_;
    std::condition_variable changed_;
};

/// A request made of a function, for what is not a batch.
class FunctionRequest final : public WriteRequest {
public:
    explicit FunctionRequest(std::function<void(WriteTransaction&)> function) : function_(std::move(function)) {}
    void run(WriteTransaction& transaction, BatchJudge&) override { function_(transaction); }

private:
    std::function<void(WriteTransaction&)> function_;
};

class GroupWriter {
public:
    struct Options {
        std::size_t max_group = 256;   ///< batches a transaction
        std::size_t max_queue = 4096;  ///< batches that wait
    };
    GroupWriter(std::unique_ptr<Connection> connection, Options options, Clock clock);
    /// Runs what still waits, then joins the thread.
    ~GroupWriter();
    GroupWriter(const GroupWriter&) = delete;
    GroupWriter& operator=(const GroupWriter&) = delete;

    using Deadline = std::chrono::steady_clock::time_point;

    /// Waits until the request's transaction is durable. Ok: it is, read the request's results.
    /// Errors: retry    nothing of it was applied: queue full, deadline passed while it waited, or rolled back
    ///         unknown  the deadline passed while it ran, or COMMIT failed and its trace could not be wiped out
    atr::Result<> submit(const std::shared_ptr<WriteRequest>& request, Deadline deadline);

    /// What the last transaction saw; another process may have changed it since.
    std::shared_ptr<const Catalog> catalog() const;
    std::size_t waiting() const;

private:
    using Group = std::vector<std::shared_ptr<WriteRequest>>;
    void loop();
    Group take();
    /// The group's result: ok, retry or unknown. Throws SqlError when a request failed before COMMIT; all is then
    /// rolled back.
    atr::Result<> run(const Group& group);
    void run_requests(const Group& group);
    void run_alone(const Group& group);
    atr::Result<> commit();
    void roll_back();
    void publish(const Group& group, const atr::Result<>& result);
    void refuse_all(const SqlError& error);
    void checkpoint();

    const Options options_;
    std::unique_ptr<Connection> connection_;
    WriteTransaction transaction_;
    BatchJudge judge_;
    int wal_pages_ = 0;
    int pressing_at_;         ///< from so many pages on, readers are waited for
    int careful_groups_ = 0;  ///< how many of the next transactions use savepoints at once

    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<std::shared_ptr<WriteRequest>> queue_;
    std::size_t queued_batches_ = 0, queued_bytes_ = 0;
    std::shared_ptr<const Catalog> catalog_ = std::make_shared<Catalog>();
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace storage_sqlite
