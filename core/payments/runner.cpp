#include "payments/runner.hpp"

#include "records/schema.hpp"
#include "runtime/mutation.hpp"

namespace treasurer::payments {
namespace {

/// As many adopted payments may wait their turn for each that is worked on.
constexpr std::size_t most_waiting_times = 16;
/// Between two questions to a storage that does not say what became of a commit.
constexpr Millis longest_pause{5000};

}  // namespace

Lease lease_born(const UnitOfWork& unit, const Committed& committed, std::size_t job_position) {
    Lease out;
    out.token = committed.versions.at(job_position);
    out.worker = unit.batch().ops.at(job_position).worker;
    return out;
}

void Runner::start() {
    scope_.spawn(take_over());
    scope_.spawn(renew());
}

void Runner::stop() {
    stopping_ = true;
    saga_.stop();
}

void Runner::tell_end(const Payment& payment) {
    {
        const std::lock_guard lock(ended_mutex_);
        if (tell_ended_) tell_ended_(payment);
    }
    waiters_.tell(payment.id, payment);
}

void Runner::adopt(std::string payment_id, Lease lease, std::optional<Stored> known) {
    begin({std::move(payment_id), std::move(lease), std::move(known)});
}

void Runner::begin(Adopted adopted) {
    ++counters_.started;
    if (!begin_work(adopted.payment_id, adopted.lease.worker, saga_.now())) return;
    {
        const std::lock_guard lock(mutex_);
        if (active_ >= saga_.settings().max_active) {
            adopted.known.reset();  // many may wait: they keep little
            waiting_.push_back(std::move(adopted));
            return;
        }
        ++active_;
    }
    scope_.spawn(first(std::move(adopted)));
}

bool Runner::begin_work(const std::string& payment_id, std::string worker, UnixMillis leased_at) {
    const std::lock_guard lock(mutex_);
    if (working_.empty()) sure_until_ = leased_at + saga_.settings().lease.count();
    return working_.emplace(payment_id, std::move(worker)).second;
}

std::set<std::string> Runner::names_at_work() const {
    const std::lock_guard lock(mutex_);
    std::set<std::string> out;
    for (const auto& [payment_id, worker] : working_) out.insert(worker);
    return out;
}

void Runner::end_work(const std::string& payment_id) {
    const std::lock_guard lock(mutex_);
    working_.erase(payment_id);
    lapsed_.erase(payment_id);
}

bool Runner::may_have_lapsed() const {
    const std::lock_guard lock(mutex_);
    return !lapsed_.empty() || (!working_.empty() && saga_.now() >= sure_until_);
}

bool Runner::has_room() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size() < most_waiting_times * saga_.settings().max_active;
}

/// The next one that waits, or nothing: then the place is free again.
std::optional<Runner::Adopted> Runner::next_adopted() {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
        --active_;
        return std::nullopt;
    }
    Adopted out = std::move(waiting_.front());
    waiting_.pop_front();
    return out;
}

void Runner::find_out(std::shared_ptr<const UnitOfWork> commit_a, std::string payment_id, std::size_t job_position) {
    scope_.spawn(ask_storage(std::move(commit_a), std::move(payment_id), job_position));
}

Task<> Runner::ask_storage(std::shared_ptr<const UnitOfWork> commit_a, std::string payment_id,
                           std::size_t job_position) {
    for (Millis pause = saga_.settings().poll; !stopping_; pause = std::min(pause * 2, longest_pause)) {
        Task<Committed> asking = saga_.commit(commit_a);
        const Committed committed = co_await asking;
        if (committed.ok()) begin({payment_id, lease_born(*commit_a, committed, job_position), std::nullopt, true});
        // What refuses it now may not have come as far as to look for its key; only a conflict has judged it anew.
        if (committed.ok() || committed.outcome == atr::Outcome::conflict) co_return;
        co_await delay(executor_, pause);
    }
}

Task<> Runner::first(Adopted adopted) {
    std::optional<Adopted> next = std::move(adopted);
    while (next) {
        const std::string id = std::move(next->payment_id);
        Task<> work = next->perhaps_taken_over
                          ? saga_.first_send_late(id, std::move(next->lease))
                          : saga_.first_send(id, std::move(next->lease), 0, std::move(next->known));
        co_await work;
        end_work(id);
        next = next_adopted();
        waiters_.tell(id);
    }
}

Task<> Runner::later(std::string payment_id, Lease lease) {
    Task<> work = saga_.resume(payment_id, std::move(lease));
    co_await work;
    end_work(payment_id);
    std::optional<Adopted> next = next_adopted();
    if (next) scope_.spawn(first(std::move(*next)));
    waiters_.tell(payment_id);
}

Task<> Runner::take_over() {
    const auto& settings = saga_.settings();
    while (!stopping_) {
        const std::size_t active = active_;
        bool more = false;
        if (active < settings.max_active && !may_have_lapsed() && !mutated(Mutation::never_take_over)) {
            Task<bool> leasing = lease_some(settings.max_active - active);
            more = co_await leasing;
        }
        if (!more) co_await delay(executor_, settings.poll);
    }
}

Task<bool> Runner::lease_some(std::size_t room) {
    const auto& settings = saga_.settings();
    const auto most = static_cast<std::uint32_t>(std::min<std::size_t>(room, 64));
    const UnixMillis began = saga_.now();
    const std::string as = saga_.lease_name();
    CallOptions options;
    options.timeout = settings.lookup_timeout;
    Task<atr::Result<std::vector<atr::Job>>> call = storage_.lease(payments_queue, as, most, settings.lease, options);
    atr::Result<std::vector<atr::Job>> jobs = co_await call;
    if (!jobs) {
        ++counters_.lease_errors;
        co_return false;
    }
    for (auto& job : *jobs) {
        ++counters_.taken_over;
        Lease lease;
        lease.token = job.lease_token;
        lease.worker = as;
        if (job.lease_until_unix_ms > 0) lease.learn(job.lease_until_unix_ms - settings.lease.count(), saga_.now());
        if (!begin_work(job.id, as, began)) {
            ++counters_.put_back;
            scope_.spawn(put_back(std::move(job.id), std::move(lease)));
            continue;
        }
        ++active_;
        scope_.spawn(later(std::move(job.id), std::move(lease)));
    }
    co_return jobs->size() == most;
}

/// Its saga here has lost its lease, and ends; only then may another begin.
Task<> Runner::put_back(std::string payment_id, Lease lease) {
    Task<> releasing = saga_.release(std::move(payment_id), std::move(lease));
    co_await releasing;
}

/// One call for each name in which payments that this host works on are leased.
Task<bool> Runner::renew_all() {
    bool all = true;
    for (const auto& name : names_at_work()) {
        CallOptions options;
        options.timeout = saga_.settings().lease;
        Task<atr::Result<std::uint32_t>> call = storage_.extend_leases(name, saga_.settings().lease, options);
        const atr::Result<std::uint32_t> held = co_await call;
        if (!held) all = false;
    }
    co_return all;
}

Task<> Runner::renew() {
    const auto& settings = saga_.settings();
    UnixMillis name_since = saga_.now();
    while (!stopping_ || active_ > 0) {
        co_await delay(executor_, std::min(settings.lease / 3, settings.poll * 4));
        if (const UnixMillis now = saga_.now(); now < name_since || now - name_since >= settings.lease.count()) {
            saga_.leave_lease_name();
            name_since = now;
        }
        if (active_ == 0) continue;
        const UnixMillis began = saga_.now();
        Task<bool> renewing = renew_all();
        const bool renewed = co_await renewing;
        if (!renewed) {
            ++counters_.lease_errors;
            continue;
        }
        const std::lock_guard lock(mutex_);
        if (saga_.now() >= sure_until_)  // some may have ended before they were renewed
            for (const auto& [payment_id, worker] : working_) lapsed_.insert(payment_id);
        sure_until_ = began + settings.lease.count();
    }
}

}  // namespace treasurer::payments
