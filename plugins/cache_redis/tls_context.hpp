/// What every TLS connection of an instance shares: whom to trust and who we are. Files are read once, at creation.
/// Threads: any.
#pragma once

#include <openssl/ssl.h>

#include <atr/result.hpp>
#include <memory>
#include <string>

#include "endpoint.hpp"
#include "settings.hpp"

namespace cache_redis {

struct FreeSsl {
    void operator()(SSL* ssl) const { ::SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
};

class TlsContext {
public:
    /// Errors: rejected, ATR_E_CONFIG, naming the file.
    static atr::Result<std::unique_ptr<TlsContext>> create(const RedisSettings&);

    /// A session over a connected, non-blocking socket that checks the server's certificate and name. It never raises
    /// SIGPIPE, and does not own the socket.
    std::unique_ptr<SSL, FreeSsl> session(int fd, const Endpoint&) const;

private:
    TlsContext(std::unique_ptr<SSL_CTX, FreeSsl> context, std::string name)
        : context_(std::move(context)), server_name_(std::move(name)) {}

    std::unique_ptr<SSL_CTX, FreeSsl> context_;
    std::string server_name_;
};

/// What OpenSSL has to say about this thread's last failure; empties its queue.
std::string tls_failure();

}  // namespace cache_redis
