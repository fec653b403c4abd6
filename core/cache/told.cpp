#include "cache/told.hpp"

#include <algorithm>

namespace treasurer::cache {

void Told::tell(std::string_view user) {
    const UnixMillis now_ms = clock_.unix_ms();
    const std::lock_guard lock(mutex_);
    if (const auto found = users_.find(user); found != users_.end()) {
        found->second = {now_, now_ms};
        return;
    }
    if (users_.size() >= max_users_) forget_old(now_ms);
    users_.emplace(user, Telling{now_, now_ms});
}

bool Told::may_know(std::string_view user, Moment moment) const {
    const std::lock_guard lock(mutex_);
    if (user.empty() || moment <= everybody_) return true;
    const auto found = users_.find(user);
    return found != users_.end() && moment <= found->second.moment;
}

void Told::forget_old(UnixMillis now_ms) {
    std::erase_if(users_, [&](const auto& one) {
        const bool is_old = now_ms - one.second.at_ms > kept_for_.count();
        if (is_old) everybody_ = std::max(everybody_, one.second.moment);
        return is_old;
    });
    if (users_.size() < max_users_) return;
    everybody_ = now_;
    users_.clear();
}

}  // namespace treasurer::cache
