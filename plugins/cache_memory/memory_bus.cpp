#include "memory_bus.hpp"

#include <algorithm>

namespace cache_memory {

void MemoryBus::publish(std::string_view channel, std::string_view payload) {
    std::vector<std::shared_ptr<Subscription>> listening;
    std::unique_lock lock(mutex_);
    for (const auto& [id, subscription] : subscriptions_)
        if (subscription->channel == channel) listening.push_back(subscription);
    for (const auto& subscription : listening) {
        if (subscription->gone) continue;  // unsubscribed since, perhaps by the callback before
        subscription->runners.push_back(std::this_thread::get_id());
        lock.unlock();
        subscription->sink->on_message(subscription->sink->ctx, atr::borrow(channel), atr::borrow(payload));
        lock.lock();
        auto& runners = subscription->runners;
        runners.erase(std::ranges::find(runners, std::this_thread::get_id()));
        returned_.notify_all();
    }
}

std::uint64_t MemoryBus::subscribe(std::string_view channel, const atr_bus_sink* sink) {
    const std::lock_guard lock(mutex_);
    subscriptions_[++last_] = std::make_shared<Subscription>(Subscription{std::string(channel), sink, false, {}});
    return last_;
}

void MemoryBus::unsubscribe(std::uint64_t id) {
    std::unique_lock lock(mutex_);
    const auto found = subscriptions_.find(id);
    if (found == subscriptions_.end()) return;
    const auto subscription = found->second;
    subscriptions_.erase(found);
    subscription->gone = true;
    returned_.wait(lock, [&] {
        return std::ranges::all_of(subscription->runners,
                                   [](std::thread::id runner) { return runner == std::this_thread::get_id(); });
    });
}

}  // namespace cache_memory
