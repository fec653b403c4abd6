/// One connection to one server: logged in, with its database selected, before anyone gets to see it.
/// Threads: one at a time.
#pragma once

#include <atr/plugin.hpp>
#include <functional>
#include <memory>
#include <string>

#include "commands.hpp"
#include "deadline.hpp"
#include "reply.hpp"
#include "stream.hpp"

namespace cache_redis {

/// How to enter a server. The password is asked for at each connection, so that it can be rotated.
struct Login {
    std::string username = {};
    std::string password_secret = {};  ///< secret://...; empty: none
    std::int64_t database = 0;
    bool must_be_master = false;
    std::string name = "treasurer";  ///< as CLIENT LIST shows it
};

class Connection {
public:
    /// Errors: as Stream::connect(), and those of the server for the login; nothing of the caller's was sent.
    static atr::Result<std::unique_ptr<Connection>> open(const Endpoint&, const Login&, const TlsContext*,
                                                         const atr::Host&, std::size_t max_reply_bytes, Deadline);

    /// Errors: retry  not a byte has left   unknown  some have. After either the connection is of no use.
    atr::Result<> send(std::string_view bytes, Deadline);
    /// The next answer. Errors: unknown. After one the connection is of no use.
    atr::Result<Reply> receive(Deadline);
    /// The next answer if it has arrived already.
    atr::Result<std::optional<Reply>> receive_now();

    /// All answers were read, and the server is still there.
    bool may_be_reused() { return !reader_.has_rest() && stream_->is_quiet(); }
    int fd() const { return stream_->fd(); }

private:
    Connection(std::unique_ptr<Stream> stream, std::size_t max_reply_bytes)
        : stream_(std::move(stream)), reader_(max_reply_bytes) {}
    atr::Result<> enter(const Login&, const std::string& password, Deadline);

    std::unique_ptr<Stream> stream_;
    ReplyReader reader_;
};

}  // namespace cache_redis
