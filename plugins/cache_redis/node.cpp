#include "node.hpp"

#include <algorithm>
#include <random>

namespace cache_redis {

using State = Exchange::State;

Node::Node(Endpoint endpoint, const Dialer& dialer, const RedisSettings& settings)
    : endpoint_(std::move(endpoint)),
      dialer_(dialer),
      most_connections_(static_cast<std::size_t>(settings.connections)),
      most_in_batch_(static_cast<std::size_t>(settings.pipeline)),
      reply_timeout_(settings.reply_timeout),
      circuit_(settings.back_off_min, settings.back_off_max, std::random_device{}()) {}

atr::Result<std::vector<Reply>> Node::run(Commands commands, Deadline deadline) {
    if (deadline.passed()) return atr::retry(ATR_E_TIMEOUT, endpoint_.text() + ": not asked, no time is left");
    const auto mine = std::make_shared<Exchange>(std::move(commands), deadline);
    Lock lock(mutex_);
    if (!begin(mine, lock)) return *mine->error;
    const auto is_up = [&] { return mine->state == State::leads || mine->state == State::done; };
    if (!mine->changed.wait_until(lock, deadline.at(), is_up)) return give_up(*mine);
    if (mine->state == State::leads) {
        lock.unlock();
        lead(*mine);
        lock.lock();
    }
    if (mine->error) return *mine->error;
    return std::move(mine->replies);
}

/// Lets the exchange lead at once when a connection is free, or queues it. False: refused, its error says why.
bool Node::begin(const std::shared_ptr<Exchange>& exchange, Lock&) {
    if (busy_ == most_connections_) {
        queue_.push_back(exchange);
        return true;
    }
    if (idle_.empty()) exchange->error = circuit_.refusal(Deadline::Clock::now());
    if (exchange->error) return false;
    ++busy_;
    exchange->state = State::leads;
    exchange->batch = {exchange};
    if (!idle_.empty()) {
        exchange->connection = std::move(idle_.back());
        idle_.pop_back();
    }
    return true;
}

atr::Error Node::give_up(Exchange& exchange) {
    const State was = std::exchange(exchange.state, State::given_up);
    if (was == State::queued) std::erase_if(queue_, [&](const auto& one) { return one.get() == &exchange; });
    if (was == State::sent) return atr::unknown(ATR_E_TIMEOUT, endpoint_.text() + ": no answer in time");
    return atr::retry(ATR_E_TIMEOUT, endpoint_.text() + ": no connection came free in time");
}

void Node::lead(Exchange& leader) {
    Batch batch = std::move(leader.batch);
    std::unique_ptr<Connection> connection;
    try {
        connection = connect(leader, leader.deadline);
        const Deadline deadline = leader.deadline.within(reply_timeout_);
        const bool whole = connection && send(*connection, batch, deadline) && receive(*connection, batch, deadline);
        if (!whole) connection.reset();
        if (leader.error && !whole) fail(batch, *leader.error);
    } catch (const std::exception& error) {
        connection.reset();
        fail(batch, atr::unknown(ATR_E_INTERNAL, error.what()));
    }
    release(std::move(connection));
}

/// The connection the leader was given, if it is still good, or a new one. Null: the leader's error says why not.
std::unique_ptr<Connection> Node::connect(Exchange& leader, Deadline deadline) {
    if (leader.connection && leader.connection->may_be_reused()) return std::move(leader.connection);
    leader.connection.reset();
    auto dialed = dialer_.dial(endpoint_, deadline);
    bool changed = false;
    {
        const Lock lock(mutex_);
        ++dialed_;
        if (!dialed) idle_.clear();
        changed = dialed ? circuit_.succeeded() : circuit_.failed(Deadline::Clock::now(), dialed.error());
    }
    if (changed && dialed) dialer_.host().log(atr::LogLevel::info, "Redis " + endpoint_.text() + " is back");
    if (changed && !dialed)
        dialer_.host().log(atr::LogLevel::warn,
                           "Redis is away, and tried again now and then: " + dialed.error().message);
    if (dialed) return std::move(*dialed);
    leader.error = dialed.error();
    return nullptr;
}

/// Sends all whose callers still wait. False: they were told why not.
bool Node::send(Connection& connection, Batch& batch, Deadline deadline) {
    std::string joined;
    {
        const Lock lock(mutex_);
        std::erase_if(batch, [](const auto& one) { return one->state == State::given_up; });
        for (const auto& one : batch) one->state = State::sent;
    }
    if (batch.size() > 1)
        for (const auto& one : batch) joined += one->commands.bytes();
    const auto sent = connection.send(batch.size() == 1 ? batch[0]->commands.bytes() : joined, deadline);
    if (!sent) fail(batch, sent.error());
    return sent.has_value();
}

/// False: those whose answers did not come were told.
bool Node::receive(Connection& connection, Batch& batch, Deadline deadline) {
    for (const auto& one : batch) {
        std::vector<Reply> replies;
        for (std::size_t i = 0; i < one->commands.count(); ++i) {
            auto reply = connection.receive(deadline);
            if (!reply) {
                fail(batch, reply.error());
                return false;
            }
            replies.push_back(std::move(*reply));
        }
        const Lock lock(mutex_);
        one->replies = std::move(replies);
        finish(*one, std::nullopt, lock);
    }
    return true;
}

/// Those of the batch that have no answer yet get this one.
void Node::fail(Batch& batch, const atr::Error& error) {
    const Lock lock(mutex_);
    for (const auto& one : batch)
        if (one->state != State::done) finish(*one, error, lock);
}

void Node::finish(Exchange& exchange, std::optional<atr::Error> error, const Lock&) {
    if (exchange.state == State::given_up) return;
    exchange.error = std::move(error);
    exchange.state = State::done;
    exchange.changed.notify_one();
}

void Node::release(std::unique_ptr<Connection> connection) {
    Lock lock(mutex_);
    --busy_;
    if (connection) idle_.push_back(std::move(connection));
    if (!queue_.empty()) appoint(lock);
}

/// Makes the one of those who wait longest that can wait longest the leader of them all.
void Node::appoint(Lock& lock) {
    if (idle_.empty())
        if (const auto refusal = circuit_.refusal(Deadline::Clock::now())) {
            for (const auto& one : queue_) finish(*one, refusal, lock);
            queue_.clear();
            return;
        }
    Batch batch;
    for (; !queue_.empty() && batch.size() < most_in_batch_; queue_.pop_front()) {
        queue_.front()->state = State::taken;
        batch.push_back(std::move(queue_.front()));
    }
    const auto later = [](const auto& a, const auto& b) { return a->deadline < b->deadline; };
    const auto leader = *std::max_element(batch.begin(), batch.end(), later);
    leader->state = State::leads;
    leader->batch = std::move(batch);
    if (!idle_.empty()) {
        leader->connection = std::move(idle_.back());
        idle_.pop_back();
    }
    ++busy_;
    leader->changed.notify_one();
}

void Node::drop_idle() {
    std::vector<std::unique_ptr<Connection>> dropped;
    const Lock lock(mutex_);
    dropped.swap(idle_);
}

NodeState Node::state() const {
    const Lock lock(mutex_);
    return {busy_, idle_.size(), queue_.size(), dialed_, circuit_.is_open() ? circuit_.reason() : ""};
}

}  // namespace cache_redis
