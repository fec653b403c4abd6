/// The newest commit that storage is known to have acknowledged: to this host, or to others as the change feed tells.
/// A storage that later knows less has lost commits, as a failover to a replica that lagged behind does.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace treasurer {

/// What showed that storage went back.
struct Rewind {
    std::uint64_t from = 0;  ///< it had acknowledged this commit
    std::uint64_t to = 0;    ///< it has given this number to a new commit, or tells it as its newest; 0: not known
};

/// Threads: any.
class NewestCommit {
public:
    /// `lineage` changes whenever storage goes back: what was asked in an older one says nothing of the present.
    struct Known {
        std::uint64_t seq = 0;
        std::uint64_t lineage = 0;
    };

    Known known() const {
        const std::lock_guard lock(mutex_);
        return known_;
    }

    /// Storage said so, asked when `lineage` was that of known().
    void heard(std::uint64_t seq, std::uint64_t lineage) {
        const std::lock_guard lock(mutex_);
        if (lineage == known_.lineage && seq > known_.seq) known_.seq = seq;
    }

    /// As heard(), of the newest commit of one flush of this host's own, under this idempotency key.
    void acknowledged(std::uint64_t seq, std::string key, std::uint64_t lineage) {
        const std::lock_guard lock(mutex_);
        if (lineage != known_.lineage) return;
        if (own_keys_.size() < most_keys) own_keys_.push_back(std::move(key));
        if (seq > known_.seq) known_.seq = seq;
    }

    /// Of this host's own commits, a flush each, since they were last seen in storage; the one seen last is the first.
    std::vector<std::string> own_keys() const {
        const std::lock_guard lock(mutex_);
        return own_keys_;
    }
    /// The first `count` of them are in storage.
    void seen(std::size_t count, std::uint64_t lineage) {
        const std::lock_guard lock(mutex_);
        if (lineage != known_.lineage || count == 0) return;
        own_keys_.erase(own_keys_.begin(), own_keys_.begin() + static_cast<std::ptrdiff_t>(count) - 1);
        times_seen_ = count == 1 ? times_seen_ + 1 : 0;
        if (times_seen_ >= often_enough) own_keys_.erase(own_keys_.begin());
    }

    /// Storage went back to `seq`, which was seen from `lineage`. False: that was known already.
    bool set_back(std::uint64_t seq, std::uint64_t lineage) {
        const std::lock_guard lock(mutex_);
        if (lineage != known_.lineage) return false;
        known_ = Known{seq, lineage + 1};
        own_keys_.clear();
        times_seen_ = 0;
        return true;
    }

private:
    static constexpr std::size_t most_keys = 1000;
    static constexpr unsigned often_enough = 1000;  ///< some day storage forgets a key by itself

    mutable std::mutex mutex_;
    Known known_;
    std::vector<std::string> own_keys_;
    unsigned times_seen_ = 0;  ///< the only one that is left
};

}  // namespace treasurer
