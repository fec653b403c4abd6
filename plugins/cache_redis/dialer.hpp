/// Opens connections of one sort: whom to log in as, through which TLS, within which time.
/// Threads: any. Lifetime: host and TLS context outlive it.
#pragma once

#include "connection.hpp"
#include "settings.hpp"

namespace cache_redis {

class Dialer {
public:
    Dialer(const atr::Host& host, const TlsContext* tls, Login login, Millis connect_timeout,
           std::size_t max_reply_bytes)
        : host_(host),
          tls_(tls),
          login_(std::move(login)),
          timeout_(connect_timeout),
          max_reply_bytes_(max_reply_bytes) {}

    /// Errors: as Connection::open().
    atr::Result<std::unique_ptr<Connection>> dial(const Endpoint& endpoint, Deadline deadline) const {
        return Connection::open(endpoint, login_, tls_, host_, max_reply_bytes_, deadline.within(timeout_));
    }
    const atr::Host& host() const { return host_; }

private:
    atr::Host host_;
    const TlsContext* tls_;
    Login login_;
    Millis timeout_;
    std::size_t max_reply_bytes_;
};

/// A server's answer to one command over a connection of its own, for the rare questions about who serves what.
/// Errors: retry  nobody was asked, or nothing was answered   rejected  the server refuses
atr::Result<Reply> ask_once(const Dialer&, const Endpoint&, const Words& command, Deadline);

}  // namespace cache_redis
