#include "plugin/call_deadlines.hpp"

#include <vector>

namespace treasurer {

void CallDeadlines::watch(const std::shared_ptr<PluginCall>& call) {
    const std::lock_guard lock(mutex_);
    call->place_ = calls_.emplace(call->due(), call);
    call->watched_ = true;
    arm(call->due());
}

void CallDeadlines::forget(PluginCall& call) {
    PluginCall::Deadlines::node_type freed;  // outside the lock: it may hold the last reference to the call
    const std::lock_guard lock(mutex_);
    if (!call.watched_) return;
    call.watched_ = false;
    freed = calls_.extract(call.place_);
}

void CallDeadlines::arm(Steady::time_point due) {
    if (due >= armed_) return;
    armed_ = due;
    const auto wait = std::chrono::ceil<Millis>(due - Steady::now());
    executor_.post_after(std::max(wait, Millis(0)), [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->sweep();
    });
}

void CallDeadlines::sweep() {
    std::vector<std::shared_ptr<PluginCall>> passed;
    {
        const std::lock_guard lock(mutex_);
        const auto now = Steady::now();
        if (now >= armed_) armed_ = Steady::time_point::max();
        while (!calls_.empty() && calls_.begin()->first <= now) {
            calls_.begin()->second->watched_ = false;
            passed.push_back(std::move(calls_.begin()->second));
            calls_.erase(calls_.begin());
        }
        if (!calls_.empty()) arm(calls_.begin()->first);
    }
    for (const auto& call : passed) expire_(*call);
}

void CallDeadlines::expire_all() {
    std::vector<std::shared_ptr<PluginCall>> all;
    {
        const std::lock_guard lock(mutex_);
        for (auto& [due, call] : calls_) {
            call->watched_ = false;
            all.push_back(std::move(call));
        }
        calls_.clear();
    }
    for (const auto& call : all) expire_(*call);
}

}  // namespace treasurer
