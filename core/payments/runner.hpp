/// The runner: keeps this host's payments leased, takes over those whose host fell silent or whose time has come, and
/// runs the saga for each. N hosts are equal; the store's clock decides who holds a lease.
#pragma once

#include "payments/saga.hpp"
#include "payments/waiters.hpp"
#include "runtime/task_scope.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace treasurer::payments {

/// The lease that a committed unit gave at `job_position`.
Lease lease_born(const UnitOfWork& unit, const Committed& committed, std::size_t job_position);

struct RunnerCounters {
    std::atomic<std::uint64_t> started{0};     ///< payments begun by this host
    std::atomic<std::uint64_t> taken_over{0};  ///< due payments leased by this host
    std::atomic<std::uint64_t> put_back{0};    ///< of those, ones it was still at work on, its lease having lapsed
    std::atomic<std::uint64_t> lease_errors{0};
};

/// Threads: any. Lifetime: must outlive the scope's tasks.
class Runner {
public:
    Runner(Saga& saga, StoragePort& storage, Executor& executor, TaskScope& scope)
        : saga_(saga), storage_(storage), executor_(executor), scope_(scope), waiters_(executor) {
        saga_.on_ended([this](const Payment& payment) { tell_end(payment); });
        saga_.on_waited_for([this](const std::string& payment_id) { return waiters_.is_waited_for(payment_id); });
    }

    /// Begins taking over and renewing; runs until stop().
    void start();
    void stop();

    /// Goes on with a payment whose Commit A this host has just made; beyond `max_active` at once it waits its turn,
    /// its lease renewed with the others. `known`: as Commit A has stored it, so that less need be read.
    void adopt(std::string payment_id, Lease lease, std::optional<Stored> known = std::nullopt);
    /// False when more wait their turn than may: then no Commit A should be made.
    bool has_room() const;

    /// For a Commit A whose outcome storage could not tell in time: asks again, under the unit's own key, until it is
    /// known, and goes on with the payment if it was made. Without this its lease would be renewed by a host that does
    /// not work on it.
    void find_out(std::shared_ptr<const UnitOfWork> commit_a, std::string payment_id, std::size_t job_position);

    /// `tell`: called from any thread with each payment that this host has ended, as it is stored; null: nobody is
    /// told. When this returns, no call of the one before is under way.
    void on_ended(std::function<void(const Payment&)> tell) {
        const std::lock_guard lock(ended_mutex_);
        tell_ended_ = std::move(tell);
    }

    Waiters& waiters() { return waiters_; }
    UnixMillis now() const { return saga_.now(); }
    std::size_t most_at_once() const { return saga_.settings().max_active; }
    std::size_t active() const { return active_; }
    /// Adopted, and not yet begun.
    std::size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return waiting_.size();
    }
    const RunnerCounters& counters() const { return counters_; }

private:
    struct Adopted {
        std::string payment_id;
        Lease lease;
        std::optional<Stored> known = std::nullopt;
        bool perhaps_taken_over = false;  ///< storage told of its Commit A late
    };
    void tell_end(const Payment& payment);
    void begin(Adopted adopted);

    Task<> take_over();
    /// False: the storage had no more than a few, or cannot be asked now.
    Task<bool> lease_some(std::size_t room);
    Task<> renew();
    Task<bool> renew_all();
    Task<> put_back(std::string payment_id, Lease lease);
    /// Whether this host may have lost leases of payments that it is at work on. It then takes over nothing: leasing
    /// its own payments anew would take their leases from the very sagas that are about to end them, and a host whose
    /// commits take longer than a lease would never end any.
    bool may_have_lapsed() const;
    /// False: this host is at work on it. `worker`: whom it is leased to. `leased_at`: no later than its lease began.
    bool begin_work(const std::string& payment_id, std::string worker, UnixMillis leased_at);
    std::set<std::string> names_at_work() const;
    void end_work(const std::string& payment_id);
    Task<> ask_storage(std::shared_ptr<const UnitOfWork> commit_a, std::string payment_id, std::size_t job_position);
    /// Works on one payment and then on those that wait.
    Task<> first(Adopted adopted);
    Task<> later(std::string payment_id, Lease lease);

    Saga& saga_;
    StoragePort& storage_;
    Executor& executor_;
    TaskScope& scope_;
    Waiters waiters_;
    std::mutex ended_mutex_;
    std::function<void(const Payment&)> tell_ended_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::size_t> active_{0};
    mutable std::mutex mutex_;  ///< of all that follows
    /// Payments leased by this host and not let go, waiting ones included, and under which name each is leased.
    std::unordered_map<std::string, std::string> working_;
    std::unordered_set<std::string> lapsed_;  ///< of those, the ones whose lease ended before it was renewed
    UnixMillis sure_until_ = 0;               ///< until then no other lease of working_ can have ended
    std::optional<Adopted> next_adopted();
    std::deque<Adopted> waiting_;  ///< adopted, and not yet begun
    RunnerCounters counters_;
};

}  // namespace treasurer::payments
