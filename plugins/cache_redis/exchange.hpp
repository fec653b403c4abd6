/// What one caller wants sent to one server, and what came back.
/// Everything but `commands` and `deadline` is the Node's, and guarded by its mutex; `replies` belongs to the leader
/// of the batch until the state is `done`.
#pragma once

#include <condition_variable>
#include <memory>
#include <optional>
#include <vector>

#include "connection.hpp"

namespace cache_redis {

struct Exchange;
using Batch = std::vector<std::shared_ptr<Exchange>>;

struct Exchange {
    enum class State {
        queued,   ///< waits for a connection
        taken,    ///< another caller will send it with its own
        leads,    ///< its caller is to send `batch`
        sent,     ///< a byte of it may be on its way
        done,     ///< `replies` or `error` stand
        given_up  ///< its caller has gone; what comes is thrown away
    };

    Exchange(Commands what, Deadline until) : commands(std::move(what)), deadline(until) {}

    const Commands commands;
    const Deadline deadline;
    State state = State::queued;
    std::condition_variable changed;
    std::vector<Reply> replies;
    std::optional<atr::Error> error;
    Batch batch;                             ///< with `leads`
    std::unique_ptr<Connection> connection;  ///< with `leads`; null: dial
};

}  // namespace cache_redis
