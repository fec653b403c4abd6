/// One server and the few connections to it.
///
/// A caller that finds a connection free uses it alone. When all are busy callers queue, and as a connection comes free
/// the one of them with the latest deadline sends for all that wait (up to `pipeline`) in one round trip: so calls are
/// pipelined under load, no thread stands between them and the server, and none fails early for the sake of another.
/// A connection with an answer outstanding is closed, never used again.
///
/// Threads: any. Lifetime: the dialer outlives it.
#pragma once

#include <deque>
#include <mutex>

#include "circuit.hpp"
#include "dialer.hpp"
#include "exchange.hpp"

namespace cache_redis {

struct NodeState {
    std::size_t busy = 0, idle = 0, queued = 0;
    std::uint64_t dialed = 0;
    std::string away;  ///< why, while it is
};

class Node {
public:
    Node(Endpoint, const Dialer&, const RedisSettings&);

    /// One answer for each command, in order; an answer may be an error of the server.
    /// Errors: retry  nothing was sent: the server is away, or no connection came free in time
    ///         unknown  lost on the way, or not answered in time
    atr::Result<std::vector<Reply>> run(Commands, Deadline);
    /// Closes what is not in use, so that the next call logs in anew.
    void drop_idle();
    NodeState state() const;

private:
    using Lock = std::unique_lock<std::mutex>;

    bool begin(const std::shared_ptr<Exchange>&, Lock&);
    atr::Error give_up(Exchange&);
    void lead(Exchange&);
    std::unique_ptr<Connection> connect(Exchange& leader, Deadline);
    bool send(Connection&, Batch&, Deadline);
    bool receive(Connection&, Batch&, Deadline);
    void fail(Batch&, const atr::Error&);
    void release(std::unique_ptr<Connection>);
    void appoint(Lock&);
    void finish(Exchange&, std::optional<atr::Error>, const Lock&);

    const Endpoint endpoint_;
    const Dialer& dialer_;
    const std::size_t most_connections_, most_in_batch_;
    const Millis reply_timeout_;

    mutable std::mutex mutex_;
    Circuit circuit_;
    std::size_t busy_ = 0;
    std::uint64_t dialed_ = 0;
    std::vector<std::unique_ptr<Connection>> idle_;  ///< the last one was used last
    std::deque<std::shared_ptr<Exchange>> queue_;
};

}  // namespace cache_redis
