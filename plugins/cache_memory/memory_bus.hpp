/// Publish and subscribe within the process. A message is delivered in the publisher's thread before publish() returns,
/// so nothing is queued, nothing is lost, and on_gap is never called.
///
/// Threads: every method may be called concurrently, also from inside a callback. Lifetime: a sink is used until
/// unsubscribe() has returned, never after.
#pragma once

#include <atr/plugin.hpp>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cache_memory {

class MemoryBus {
public:
    void publish(std::string_view channel, std::string_view payload);
    std::uint64_t subscribe(std::string_view channel, const atr_bus_sink* sink);
    /// When it returns no callback is running or will run; called from inside that very callback, none but this one.
    void unsubscribe(std::uint64_t subscription);

private:
    struct Subscription {
        std::string channel;
        const atr_bus_sink* sink = nullptr;
        bool gone = false;
        std::vector<std::thread::id> runners;  ///< threads inside its callback
    };

    std::mutex mutex_;
    std::condition_variable returned_;
    std::uint64_t last_ = 0;
    std::map<std::uint64_t, std::shared_ptr<Subscription>> subscriptions_;
};

}  // namespace cache_memory
