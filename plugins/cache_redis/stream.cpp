#include "stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "resolve.hpp"

namespace cache_redis {

namespace {

std::string text_of(int error) {
    return std::generic_category().message(error);
}

bool would_block(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/// A connection that a firewall has forgotten is found out within half a minute.
void set_options(int fd) {
    const int on = 1, idle_s = 15, interval_s = 5, probes = 3;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof interval_s);
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

constexpr std::string_view closed = "the server closed the connection";

}  // namespace

Stream::~Stream() {
    ::close(fd_);
}

atr::Result<std::unique_ptr<Stream>> Stream::connect(const Endpoint& endpoint, const TlsContext* tls,
                                                     Deadline deadline) {
    const auto addresses = resolve(endpoint, deadline);
    if (!addresses) return addresses.error();
    atr::Error last = atr::retry(ATR_E_UNREACHABLE, endpoint.text() + ": no address");
    for (const addrinfo* one = addresses->get(); one; one = one->ai_next) {
        auto stream = connect_to(*one, endpoint, deadline);
        if (!stream) {
            last = stream.error();
            continue;
        }
        if (tls)
            if (const auto greeted = (*stream)->greet(*tls, endpoint, deadline); !greeted) return greeted.error();
        return stream;
    }
    return last;
}

atr::Result<std::unique_ptr<Stream>> Stream::connect_to(const addrinfo& address, const Endpoint& endpoint,
                                                        Deadline deadline) {
    const int fd = ::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol);
    if (fd < 0) return atr::retry(ATR_E_UNREACHABLE, endpoint.text() + ": " + text_of(errno));
    std::unique_ptr<Stream> stream(new Stream(fd, endpoint.text()));
    set_options(fd);
    int error = ::connect(fd, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS || error == EINTR) {
        if (!stream->wait_for(Need::writable, deadline))
            return atr::retry(ATR_E_TIMEOUT, stream->at_peer("no connection in time"));
        socklen_t size = sizeof error;
        ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error != 0) return atr::retry(ATR_E_UNREACHABLE, stream->at_peer(text_of(error)));
    return stream;
}

atr::Result<> Stream::greet(const TlsContext& tls, const Endpoint& endpoint, Deadline deadline) {
    ssl_ = tls.session(fd_, endpoint);
    for (;;) {
        ::ERR_clear_error();
        const Step step = judge_tls(::SSL_do_handshake(ssl_.get()));
        if (step.need != Need::nothing) {
            if (!wait_for(step.need, deadline)) return atr::retry(ATR_E_TIMEOUT, at_peer("no TLS greeting in time"));
            continue;
        }
        if (step.failure.empty()) return {};
        const long verdict = ::SSL_get_verify_result(ssl_.get());
        if (verdict != X509_V_OK)
            return atr::rejected(ATR_E_AUTH,
                                 at_peer("its certificate is refused: ") + ::X509_verify_cert_error_string(verdict));
        return atr::retry(ATR_E_UNREACHABLE, at_peer("TLS: " + step.failure));
    }
}

atr::Result<> Stream::write(std::string_view bytes, Deadline deadline) {
    bool some_left = false;
    const auto failed = [&](std::int32_t code, const std::string& why) {
        return some_left ? atr::unknown(code, at_peer(why)) : atr::retry(code, at_peer(why));
    };
    while (!bytes.empty()) {
        const Step step = send_some(bytes);
        if (!step.failure.empty()) return failed(ATR_E_UNREACHABLE, step.failure);
        if (step.need != Need::nothing && !wait_for(step.need, deadline))
            return failed(ATR_E_TIMEOUT, "it did not take the call in time");
        some_left = some_left || step.bytes > 0;
        bytes.remove_prefix(step.bytes);
    }
    return {};
}

atr::Result<std::size_t> Stream::read(std::span<char> into, Deadline deadline) {
    for (;;) {
        const Step step = receive_some(into, false);
        if (!step.failure.empty()) return atr::unknown(ATR_E_UNREACHABLE, at_peer(step.failure));
        if (step.need == Need::nothing) return step.bytes;
        if (!wait_for(step.need, deadline)) return atr::unknown(ATR_E_TIMEOUT, at_peer("no answer in time"));
    }
}

atr::Result<std::size_t> Stream::read_now(std::span<char> into) {
    const Step step = receive_some(into, false);
    if (!step.failure.empty()) return atr::unknown(ATR_E_UNREACHABLE, at_peer(step.failure));
    return step.bytes;
}

bool Stream::is_quiet() {
    char byte = 0;
    const Step step = receive_some({&byte, 1}, true);
    return step.failure.empty() && step.need != Need::nothing;
}

Stream::Step Stream::send_some(std::string_view bytes) {
    if (ssl_) {
        ::ERR_clear_error();
        const int length = static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20));
        return judge_tls(::SSL_write(ssl_.get(), bytes.data(), length));
    }
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) return {.bytes = static_cast<std::size_t>(sent)};
    if (would_block(errno)) return {.need = Need::writable};
    return {.failure = text_of(errno)};
}

Stream::Step Stream::receive_some(std::span<char> into, bool only_look) {
    if (ssl_) {
        ::ERR_clear_error();
        const int length = static_cast<int>(into.size());
        return judge_tls(only_look ? ::SSL_peek(ssl_.get(), into.data(), length)
                                   : ::SSL_read(ssl_.get(), into.data(), length));
    }
    const ssize_t got = ::recv(fd_, into.data(), into.size(), only_look ? MSG_PEEK : 0);
    if (got > 0) return {.bytes = static_cast<std::size_t>(got)};
    if (got == 0) return {.failure = std::string(closed)};
    if (would_block(errno)) return {.need = Need::readable};
    return {.failure = text_of(errno)};
}

Stream::Step Stream::judge_tls(int returned) {
    const int system_error = errno;
    if (returned > 0) return {.bytes = static_cast<std::size_t>(returned)};
    switch (::SSL_get_error(ssl_.get(), returned)) {
        case SSL_ERROR_WANT_READ:
            return {.need = Need::readable};
        case SSL_ERROR_WANT_WRITE:
            return {.need = Need::writable};
        case SSL_ERROR_ZERO_RETURN:
            return {.failure = std::string(closed)};
        case SSL_ERROR_SYSCALL:
            ::ERR_clear_error();
            return {.failure = system_error ? text_of(system_error) : std::string(closed)};
        default:
            return {.failure = tls_failure()};
    }
}

/// False when the deadline passed first. Looks once even when it has passed already.
bool Stream::wait_for(Need need, Deadline deadline) const {
    pollfd waiting{fd_, static_cast<short>(need == Need::readable ? POLLIN : POLLOUT), 0};
    for (;;) {
        const int ready = ::poll(&waiting, 1, deadline.poll_ms());
        if (ready > 0) return true;
        if (ready == 0 && deadline.passed()) return false;
    }
}

}  // namespace cache_redis
