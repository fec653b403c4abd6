#include "session_pool.hpp"

#include "pooler_check.hpp"

namespace storage_postgres {

SessionPool::Lease::~Lease() {
    if (session_) pool_->give_back(std::move(session_));
}

atr::Result<SessionPool::Lease> SessionPool::take(Deadline deadline) {
    for (;;) {
        std::unique_ptr<Session> session;
        {
            std::unique_lock lock(mutex_);
            const std::size_t most = options_.size + options_.overflow;
            if (!freed_.wait_until(lock, deadline, [&] { return !idle_.empty() || open_ < most; }))
                return atr::retry(ATR_E_OVERLOADED,
                                  "all " + std::to_string(most) + " connections were busy until the deadline");
            if (idle_.empty()) {
                ++open_;
            } else {
                session = std::move(idle_.back());
                idle_.pop_back();
            }
        }
        if (session && is_fresh(*session, deadline)) return Lease(*this, std::move(session));
        session.reset();
        try {
            auto made = connect(deadline);
            if (made) return Lease(*this, std::move(*made));
            give_back(nullptr);
            return made.error();
        } catch (...) {
            give_back(nullptr);
            throw;
        }
    }
}

atr::Result<std::unique_ptr<Session>> SessionPool::connect(Deadline deadline) {
    auto session = open(deadline);
    if (!session) return session;
    if (auto checked = check_sharing(**session, deadline); !checked) return checked.error();
    return session;
}

/// The one that looks for a pooler, until it has an answer or failed.
class SessionPool::Look {
public:
    explicit Look(SessionPool& pool) : pool_(pool) {}
    Look(const Look&) = delete;
    Look& operator=(const Look&) = delete;
    ~Look() {
        {
            const std::lock_guard lock(pool_.mutex_);
            pool_.is_looking_ = false;
        }
        pool_.looked_.notify_all();
    }

private:
    SessionPool& pool_;
};

/// Once, whatever is asked first: also what never migrates, as a backup or a replica does not, would get wrong answers.
atr::Result<> SessionPool::check_sharing(Session& first, Deadline deadline) {
    if (options_.may_be_shared || checked_) return {};
    {
        std::unique_lock lock(mutex_);
        if (!looked_.wait_until(lock, deadline, [&] { return !is_looking_; }))
            return atr::retry(ATR_E_TIMEOUT, "the first connection was not made before the deadline");
        if (checked_) return {};
        is_looking_ = true;
    }
    const Look look(*this);
    auto checked = check_not_shared(
        first, [&] { return open(deadline); }, deadline);
    if (checked) checked_ = true;
    return checked;
}

atr::Result<std::unique_ptr<Session>> SessionPool::open(Deadline deadline) {
    auto options = target_();
    if (!options) return options.error();
    std::unique_ptr<Session> session;
    do {  // one that came too late for who had asked may be old by now
        session = connector_.open(*options, deadline);
    } while (!is_fresh(*session, deadline));
    const std::lock_guard lock(mutex_);
    ++opened_;
    return session;
}

bool SessionPool::is_fresh(Session& session, Deadline deadline) const {
    const auto now = std::chrono::steady_clock::now();
    if (!session.usable() || now - session.opened > options_.recycle) return false;
    if (now - session.used <= options_.check_idle) return true;
    try {
        session.run({"SELECT 1"}, std::min(deadline, now + std::chrono::seconds(2)));
        return true;
    } catch (const SqlError&) {
        return false;
    }
}

/// Null: a place has become free.
void SessionPool::give_back(std::unique_ptr<Session> session) {
    if (session && !session->roll_back(std::chrono::steady_clock::now() + std::chrono::seconds(2))) session.reset();
    {
        const std::lock_guard lock(mutex_);
        if (session && idle_.size() < options_.size) {
            idle_.push_back(std::move(session));
        } else {
            --open_;
        }
    }
    freed_.notify_one();
}

SessionPool::Usage SessionPool::usage() const {
    const std::lock_guard lock(mutex_);
    return {idle_.size(), open_ - idle_.size(), opened_};
}

}  // namespace storage_postgres
