#include "cache/change_follower.hpp"

#include <algorithm>
#include <map>

namespace treasurer::cache {

Task<> ChangeFollower::run() {
    bool begun = false;
    while (!stopping_) {
        if (!begun) {
            Task<bool> beginning = begin();
            begun = co_await beginning;
        } else {
            Task<Step> following = follow();
            const Step next = co_await following;
            if (next == Step::more) continue;
        }
        if (stopping_) co_return;
        Task<> waiting = pause_.wait(settings_.poll);
        co_await waiting;
    }
}

/// Limit 0 asks for the newest sequence alone. A store that answers with records instead is followed from there, which
/// makes some keys stale once more.
Task<bool> ChangeFollower::begin() {
    CallOptions options;
    options.timeout = settings_.timeout;
    Task<atr::Result<atr::Changes>> asking = storage_.changes(position_, 0, options);
    const atr::Result<atr::Changes> newest = co_await asking;
    if (!newest) co_return false;
    cache_.invalidate_all(newest->last_seq);
    cache_.advance(newest->last_seq);
    position_ = newest->last_seq;
    co_return true;
}

Task<ChangeFollower::Step> ChangeFollower::follow() {
    CallOptions options;
    options.timeout = settings_.timeout;
    Task<atr::Result<atr::Changes>> asking = storage_.changes(position_, settings_.page, options);
    const atr::Result<atr::Changes> changes = co_await asking;
    if (!changes && changes.outcome() == atr::Outcome::not_found) {
        ++gaps_;
        Task<bool> beginning = begin();
        co_await beginning;
        co_return Step::wait;
    }
    if (!changes) co_return Step::wait;
    std::map<std::string, std::uint64_t> stale;
    for (const auto& record : changes->records)
        for (const auto& rule : stale_rules)
            if (rule.collection == record.collection) {
                auto& seq = stale[std::string(rule.key.name)];
                seq = std::max(seq, record.version);
            }
    for (const auto& [key, seq] : stale) {
        const std::vector<std::string> keys = {key};
        cache_.invalidate(keys, seq);
    }
    const bool moved = changes->last_seq > position_;
    position_ = changes->last_seq;
    cache_.advance(changes->last_seq);
    co_return changes->records.size() >= settings_.page&& moved ? Step::more : Step::wait;
}

}  // namespace treasurer::cache
