/// One thread that writes the book for all callers: the jobs that wait when the lock is won share one transaction and
/// one flush to disk.
#pragma once

#include <atr/plugin.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "teller.hpp"

namespace rail_simulated {

/// Work inside a transaction. It is run again when a neighbour made the transaction fail, so it only writes through
/// the teller and overwrites its answer. Shared, because a caller whose time is up leaves before it has run.
struct Job {
    std::function<atr::Result<atr::RailStatus>(Teller&)> work;
    atr::Result<atr::RailStatus> answer = atr::unknown(ATR_E_TIMEOUT, "");

    enum class Stage { queued, running, finished };
    Stage stage = Stage::queued;
    std::condition_variable changed;
};

/// Threads: run() from any number of threads. The destructor joins the writer; no run() may be under way then.
class GroupCommit {
public:
    static constexpr std::size_t longest_queue = 4096, largest_group = 256;

    /// Throws soci_error when the book cannot be opened.
    explicit GroupCommit(const Terms& terms);
    ~GroupCommit();
    GroupCommit(const GroupCommit&) = delete;
    GroupCommit& operator=(const GroupCommit&) = delete;

    /// The answer of `work` once it is durable.
    /// Errors, besides those of `work`: retry    it was not applied: queue full, time up before it began, book unusable
    ///                                   unknown  time up, or the disk failed, while it was being committed
    atr::Result<atr::RailStatus> run(const atr::Call&, std::function<atr::Result<atr::RailStatus>(Teller&)> work);

private:
    using Group = std::vector<std::shared_ptr<Job>>;

    void write_until_stopped();
    Group take();
    void write(Group&);
    bool try_transaction(Group&, bool already_begun);
    void fail(Group&, const atr::Error&);
    void finish(Group&);

    const Terms& terms_;
    soci::session book_;
    Teller teller_;
    std::mutex mutex_;
    std::condition_variable work_;
    std::deque<std::shared_ptr<Job>> queue_;
    bool stopping_ = false;
    std::thread writer_;
};

}  // namespace rail_simulated
