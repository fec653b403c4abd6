/// Sends commands to whoever serves their slot now, and follows the servers when they say that it is another: MOVED,
/// ASK, a master that was demoted, a script that was forgotten.
/// Threads: any. Lifetime: everything it is given outlives it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "node.hpp"
#include "script.hpp"
#include "topology.hpp"

namespace cache_redis {

/// Commands of one slot that are sent together, and together again when one of them is redirected.
struct Unit {
    std::uint16_t slot = 0;
    std::vector<Words> commands = {};  ///< words stay valid during run()
    const Script* script = nullptr;    ///< then the one command is what stands after EVALSHA's first word
};

enum class Effect { none, some };

class Router {
public:
    using Replies = std::vector<Reply>;

    Router(const RedisSettings& settings, Topology& topology, const Dialer& dialer)
        : settings_(settings), topology_(topology), dialer_(dialer) {}

    /// The answers to each unit, in order; those to one server go in one round trip. An answer may be an error of the
    /// server that is no redirection. What is lost is repeated once when it is sure, or of no matter, that it was not
    /// done.
    /// Errors of a unit: retry  nothing was done   unknown  perhaps done; with Effect::some only
    std::vector<atr::Result<Replies>> run(const std::vector<Unit>& units, Effect, Deadline);
    atr::Result<Replies> run(Unit unit, Effect, Deadline);

    std::map<std::string, NodeState> nodes() const;

private:
    struct Pending;
    using Group = std::vector<Pending>;

    std::map<Endpoint, Group> group(const std::vector<Unit>&, Group pending, std::vector<atr::Result<Replies>>&,
                                    Deadline);
    Group ask(const Endpoint&, Group, const std::vector<Unit>&, Effect, Deadline, std::vector<atr::Result<Replies>>&);
    bool follow(Pending&, const Endpoint& asked, const Reply& error);
    std::shared_ptr<Node> node(const Endpoint&);

    const RedisSettings& settings_;
    Topology& topology_;
    const Dialer& dialer_;
    mutable std::mutex mutex_;
    std::map<Endpoint, std::shared_ptr<Node>> nodes_;
};

}  // namespace cache_redis
