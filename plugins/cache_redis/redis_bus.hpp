/// The bus over Redis' publish/subscribe, on a connection and a thread of its own.
///
/// A message that may have been missed is always told: on_gap comes when the connection is lost (or silent, or cut by
/// the server because it reads too slowly, or no longer to the master), and once more when the subscription is in force
/// again, since what was cached meanwhile may have missed its invalidation too.
///
/// In a cluster the bus uses sharded publish/subscribe: all channels share one slot, so publisher and subscriber meet
/// at one node, and a break between them is always a broken connection. Ordinary PUBLISH travels between nodes, where
/// messages get lost without a sign.
///
/// Threads: any; also from inside a callback. Lifetime: a sink is used until unsubscribe() has returned, never after.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "circuit.hpp"
#include "router.hpp"
#include "wakeup.hpp"

namespace cache_redis {

class RedisBus {
public:
    RedisBus(const RedisSettings&, Topology&, const Dialer&, Router&);
    ~RedisBus();

    /// Errors: as Router::run(), and those of the server.
    atr::Result<> publish(std::string_view channel, std::string_view payload, Deadline);
    /// In force when it returns. While Redis is away it returns as soon as that is clear, and on_gap comes when the
    /// subscription is in force.
    /// Errors: rejected  the server refuses us; there is no subscription then
    atr::Result<std::uint64_t> subscribe(std::string_view channel, const atr_bus_sink*, Deadline);
    /// When it returns no callback is running or will run; called from inside that very callback, none but this one.
    void unsubscribe(std::uint64_t id);

    /// "unused", "connecting", "subscribed", or why it is away.
    std::string state() const;
    /// How often messages may have been missed.
    std::uint64_t gaps() const { return gaps_; }

private:
    struct Subscription {
        std::string channel;
        const atr_bus_sink* sink = nullptr;
        bool in_force = false;
        bool owes_gap = false;  ///< on_gap is due when it comes into force
    };
    struct Session;
    using Lock = std::unique_lock<std::mutex>;

    void run();
    atr::Error listen();
    atr::Result<> follow_wishes(Session&);
    atr::Result<> keep_alive(Session&);
    atr::Result<> take_all(Session&);
    atr::Result<> take(Session&, const Reply&);
    void confirm(const std::string& channel);
    void deliver(const std::string& channel, const std::string& payload);
    void lost(const atr::Error& why);
    template <class Call>
    void call_back(Lock&, std::uint64_t id, Call&&);
    std::set<std::string> wanted(const Lock&) const;
    bool is_own_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

    const RedisSettings& settings_;
    Topology& topology_;
    const Dialer& dialer_;
    Router& router_;
    const bool sharded_;
    const std::string prefix_;
    const std::uint16_t slot_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;  ///< a subscription came into force, an attempt ended, a callback returned
    std::map<std::uint64_t, Subscription> subscriptions_;
    std::set<std::string> in_force_;  ///< channels
    std::uint64_t last_id_ = 0, attempts_ = 0, running_ = 0;
    atr::Error why_away_;
    std::atomic<std::uint64_t> gaps_{0};
    std::atomic<bool> stopping_{false};
    Circuit circuit_;  ///< the thread's own
    Wakeup wakeup_;
    std::thread thread_;  ///< from the first subscription on
};

}  // namespace cache_redis
