#include "redis_bus.hpp"

#include <algorithm>
#include <random>

#include "errors.hpp"
#include "slots.hpp"

namespace cache_redis {

/// One connection, from login to loss. The thread's own.
struct RedisBus::Session {
    std::unique_ptr<Connection> connection;
    Endpoint endpoint;
    std::set<std::string> asked = {};            ///< channels SUBSCRIBE was sent for, and no UNSUBSCRIBE since
    std::map<std::string, int> unanswered = {};  ///< how many SUBSCRIBE of each channel are
    std::size_t leaving = 0;                     ///< how many UNSUBSCRIBE are unanswered
    Deadline::Clock::time_point heard = Deadline::Clock::now(), pinged = heard;
};

RedisBus::RedisBus(const RedisSettings& settings, Topology& topology, const Dialer& dialer, Router& router)
    : settings_(settings),
      topology_(topology),
      dialer_(dialer),
      router_(router),
      sharded_(settings.mode == "cluster"),
      prefix_(settings.prefix + "{bus}:"),
      slot_(slot_of(prefix_)),
      circuit_(settings.back_off_min, settings.back_off_max, std::random_device{}()) {}

RedisBus::~RedisBus() {
    stopping_ = true;
    wakeup_.wake();
    if (thread_.joinable()) thread_.join();
}

atr::Result<> RedisBus::publish(std::string_view channel, std::string_view payload, Deadline deadline) {
    const std::string name = prefix_ + std::string(channel);
    const auto replies = router_.run({.slot = slot_, .commands = {{sharded_ ? "SPUBLISH" : "PUBLISH", name, payload}}},
                                     Effect::some, deadline);
    if (!replies) return replies.error();
    if ((*replies)[0].is_error()) return error_of((*replies)[0]);
    return {};
}

atr::Result<std::uint64_t> RedisBus::subscribe(std::string_view channel, const atr_bus_sink* sink, Deadline deadline) {
    Lock lock(mutex_);
    const std::uint64_t id = ++last_id_, attempt = attempts_;
    Subscription& mine = subscriptions_[id] = {std::string(channel), sink, in_force_.contains(std::string(channel))};
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    wakeup_.wake();
    if (is_own_thread()) {
        mine.owes_gap = !mine.in_force;
        return id;
    }
    changed_.wait_until(lock, deadline.at(), [&] { return mine.in_force || attempts_ != attempt; });
    mine.owes_gap = !mine.in_force;
    if (mine.in_force || why_away_.outcome != atr::Outcome::rejected) return id;
    subscriptions_.erase(id);
    return why_away_;
}

void RedisBus::unsubscribe(std::uint64_t id) {
    Lock lock(mutex_);
    if (subscriptions_.erase(id) > 0) wakeup_.wake();
    if (!is_own_thread()) changed_.wait(lock, [&] { return running_ != id; });
}

std::string RedisBus::state() const {
    const Lock lock(mutex_);
    if (subscriptions_.empty()) return "unused";
    if (std::ranges::all_of(subscriptions_, [](const auto& one) { return one.second.in_force; })) return "subscribed";
    return why_away_.message.empty() ? "connecting" : why_away_.message;
}

void RedisBus::run() {
    while (!stopping_) {
        if (wanted(Lock(mutex_)).empty()) {
            wakeup_.wait(-1, std::chrono::hours(1));
            continue;
        }
        if (const auto refusal = circuit_.refusal(Deadline::Clock::now())) {
            wakeup_.wait(-1, Millis(std::max(refusal->retry_after_ms, 1)));
            continue;
        }
        atr::Error why;
        try {
            why = listen();
        } catch (const std::exception& error) {
            why = atr::retry(ATR_E_INTERNAL, error.what());
        }
        if (why.outcome == atr::Outcome::ok) continue;
        circuit_.failed(Deadline::Clock::now(), why);
        lost(why);
    }
}

/// Until the connection is lost, or nobody listens any more, which is `ok`.
atr::Error RedisBus::listen() {
    const Deadline deadline = Deadline::after(settings_.connect_timeout);
    const auto endpoint = topology_.find(slot_, deadline);
    if (!endpoint) return endpoint.error();
    auto connection = dialer_.dial(*endpoint, deadline);
    if (!connection) {
        topology_.suspect(*endpoint);
        return connection.error();
    }
    Session session{std::move(*connection), *endpoint};
    while (!stopping_) {
        auto ok = follow_wishes(session);
        if (ok && session.asked.empty()) break;
        if (ok) ok = take_all(session);
        if (ok) ok = keep_alive(session);
        if (!ok) {
            topology_.suspect(session.endpoint);
            return ok.error();
        }
        wakeup_.wait(session.connection->fd(), std::min(settings_.bus_ping, Millis(settings_.reply_timeout)));
    }
    return atr::Error{.outcome = atr::Outcome::ok};
}

std::set<std::string> RedisBus::wanted(const Lock&) const {
    std::set<std::string> out;
    for (const auto& [id, subscription] : subscriptions_) out.insert(subscription.channel);
    return out;
}

/// Tells the server what is to be heard from now on, and what no longer.
atr::Result<> RedisBus::follow_wishes(Session& session) {
    Commands commands;
    {
        const Lock lock(mutex_);
        const std::set<std::string> wishes = wanted(lock);
        for (const auto& channel : wishes) {
            if (!session.asked.insert(channel).second) continue;
            ++session.unanswered[channel];
            commands.add({sharded_ ? "SSUBSCRIBE" : "SUBSCRIBE", prefix_ + channel});
        }
        std::erase_if(session.asked, [&](const std::string& channel) {
            if (wishes.contains(channel)) return false;
            ++session.leaving;
            commands.add({sharded_ ? "SUNSUBSCRIBE" : "UNSUBSCRIBE", prefix_ + channel});
            in_force_.erase(channel);
            return true;
        });
    }
    if (commands.count() == 0) return {};
    return session.connection->send(commands.bytes(), Deadline::after(settings_.reply_timeout));
}

/// A silent connection may be a dead one, and a server that answers may be a master no more.
atr::Result<> RedisBus::keep_alive(Session& session) {
    const auto now = Deadline::Clock::now();
    if (now - session.heard > settings_.bus_ping + settings_.reply_timeout)
        return atr::retry(ATR_E_TIMEOUT, session.endpoint.text() + ": the bus has fallen silent");
    if (now - session.pinged < settings_.bus_ping) return {};
    session.pinged = now;
    topology_.suspect(session.endpoint);
    const auto endpoint = topology_.find(slot_, Deadline::after(settings_.reply_timeout));
    if (endpoint && *endpoint != session.endpoint)
        return atr::retry(ATR_E_UNREACHABLE, session.endpoint.text() + " is replaced by " + endpoint->text());
    Commands ping;
    ping.add({"PING"});
    return session.connection->send(ping.bytes(), Deadline::after(settings_.reply_timeout));
}

atr::Result<> RedisBus::take_all(Session& session) {
    while (!stopping_) {
        const auto reply = session.connection->receive_now();
        if (!reply) return reply.error();
        if (!*reply) return {};
        if (const auto ok = take(session, **reply); !ok) return ok;
        session.heard = Deadline::Clock::now();
    }
    return {};
}

atr::Result<> RedisBus::take(Session& session, const Reply& reply) {
    if (reply.type == Reply::Type::status) return {};  // PONG, while nothing is subscribed yet
    if (reply.is_error("MOVED")) return atr::retry(ATR_E_UNREACHABLE, "the bus has moved to another node");
    if (reply.is_error()) return error_of(reply);
    if (reply.list.size() < 2) return unexpected("SUBSCRIBE");
    std::string_view kind = reply.list[0].text;
    if (sharded_ && kind.starts_with('s') && kind != "subscribe") kind.remove_prefix(1);
    if (kind == "pong") return {};
    if (!reply.list[1].text.starts_with(prefix_)) return unexpected("SUBSCRIBE");
    const std::string channel = reply.list[1].text.substr(prefix_.size());
    if (kind == "message" && reply.list.size() == 3) {
        deliver(channel, reply.list[2].text);
    } else if (kind == "subscribe") {
        if (--session.unanswered[channel] == 0 && session.asked.contains(channel)) confirm(channel);
    } else if (kind == "unsubscribe") {
        if (session.leaving == 0) return atr::retry(ATR_E_UNREACHABLE, "the bus is moving to another node");
        --session.leaving;
    } else {
        return unexpected("SUBSCRIBE");
    }
    return {};
}

/// Runs it for the subscription, if that is still there, without the lock.
template <class Call>
void RedisBus::call_back(Lock& lock, std::uint64_t id, Call&& call) {
    const auto found = subscriptions_.find(id);
    if (found == subscriptions_.end()) return;
    const Subscription copy = found->second;
    running_ = id;
    lock.unlock();
    call(copy);
    lock.lock();
    running_ = 0;
    changed_.notify_all();
}

void RedisBus::deliver(const std::string& channel, const std::string& payload) {
    Lock lock(mutex_);
    std::vector<std::uint64_t> listening;
    for (const auto& [id, one] : subscriptions_)
        if (one.channel == channel) listening.push_back(id);
    for (const std::uint64_t id : listening)
        call_back(lock, id, [&](const Subscription& one) {
            one.sink->on_message(one.sink->ctx, atr::borrow(channel), atr::borrow(payload));
        });
}

void RedisBus::confirm(const std::string& channel) {
    Lock lock(mutex_);
    if (circuit_.succeeded()) dialer_.host().log(atr::LogLevel::info, "the bus over Redis is back");
    in_force_.insert(channel);
    std::vector<std::uint64_t> owed;
    for (auto& [id, one] : subscriptions_) {
        if (one.channel != channel || std::exchange(one.in_force, true)) continue;
        if (std::exchange(one.owes_gap, false)) owed.push_back(id);
    }
    changed_.notify_all();
    for (const std::uint64_t id : owed)
        call_back(lock, id,
                  [&](const Subscription& one) { one.sink->on_gap(one.sink->ctx, atr::borrow(one.channel)); });
}

/// Nothing is in force any more; those for whom something was hear of it.
void RedisBus::lost(const atr::Error& why) {
    Lock lock(mutex_);
    ++attempts_;
    why_away_ = why;
    in_force_.clear();
    std::vector<std::uint64_t> told;
    for (auto& [id, one] : subscriptions_) {
        one.owes_gap = true;
        if (std::exchange(one.in_force, false)) told.push_back(id);
    }
    if (!told.empty()) {
        ++gaps_;
        dialer_.host().log(atr::LogLevel::warn, "the bus over Redis is away: " + why.message);
    }
    changed_.notify_all();
    for (const std::uint64_t id : told)
        call_back(lock, id,
                  [&](const Subscription& one) { one.sink->on_gap(one.sink->ctx, atr::borrow(one.channel)); });
}

}  // namespace cache_redis
