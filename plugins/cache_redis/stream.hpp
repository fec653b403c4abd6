/// Bytes to and from one server, plain or through TLS: the one path for both.
/// Threads: one at a time. Lifetime: the TlsContext outlives it. No signal is raised, nothing blocks past a deadline.
#pragma once

#include <atr/result.hpp>
#include <memory>
#include <span>
#include <string_view>

#include "deadline.hpp"
#include "tls_context.hpp"

struct addrinfo;

namespace cache_redis {

class Stream {
public:
    /// Connects, and greets through TLS when `tls` is given.
    /// Errors: retry  unreachable, timeout   rejected  auth: the certificate is not to be trusted
    static atr::Result<std::unique_ptr<Stream>> connect(const Endpoint&, const TlsContext* tls, Deadline);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// Writes all of it. Errors: retry  not a byte has left   unknown  some have
    atr::Result<> write(std::string_view bytes, Deadline);
    /// At least one byte. Errors: unknown  unreachable: the server closed the connection, timeout
    atr::Result<std::size_t> read(std::span<char> into, Deadline);
    /// What is there already; 0: nothing. Errors: as read().
    atr::Result<std::size_t> read_now(std::span<char> into);
    /// Still open, and nothing has come that nobody asked for.
    bool is_quiet();

    int fd() const { return fd_; }

private:
    enum class Need { nothing, readable, writable };
    struct Step {
        std::size_t bytes = 0;
        Need need = Need::nothing;
        std::string failure = {};
    };

    Stream(int fd, std::string peer) : fd_(fd), peer_(std::move(peer)) {}
    static atr::Result<std::unique_ptr<Stream>> connect_to(const ::addrinfo&, const Endpoint&, Deadline);
    atr::Result<> greet(const TlsContext&, const Endpoint&, Deadline);
    Step send_some(std::string_view bytes);
    Step receive_some(std::span<char> into, bool only_look);
    Step judge_tls(int returned);
    bool wait_for(Need, Deadline) const;
    std::string at_peer(std::string_view what) const { return peer_ + ": " + std::string(what); }

    int fd_;
    std::string peer_;
    std::unique_ptr<SSL, FreeSsl> ssl_;
};

}  // namespace cache_redis
