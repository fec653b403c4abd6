#include "dialer.hpp"

#include "errors.hpp"

namespace cache_redis {

atr::Result<Reply> ask_once(const Dialer& dialer, const Endpoint& endpoint, const Words& command, Deadline deadline) {
    auto connection = dialer.dial(endpoint, deadline);
    if (!connection) return connection.error();
    Commands commands;
    commands.add(command);
    if (const auto sent = (*connection)->send(commands.bytes(), deadline); !sent)
        return atr::retry(sent.error().code, sent.error().message);
    auto reply = (*connection)->receive(deadline);
    if (!reply) return atr::retry(reply.error().code, reply.error().message);
    if (reply->is_error()) return error_of(*reply);
    return reply;
}

}  // namespace cache_redis
