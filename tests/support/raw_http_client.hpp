/// A client that sends exactly the bytes it is told and reads answers by their framing. Every wait ends within ten
/// seconds with an exception, so a server that hangs fails the test instead of stalling it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace treasurer::test {

struct RawAnswer {
    int status = 0;
    std::string head;  ///< with the empty line
    std::string body;

    bool has(std::string_view text) const { return head.find(text) != std::string::npos; }
};

class RawHttpClient {
public:
    explicit RawHttpClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int one = 1;
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            const std::string why = std::strerror(errno);
            ::close(fd_);
            throw std::runtime_error("connect: " + why);
        }
        const timeval limit{.tv_sec = 60, .tv_usec = 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    }
    RawHttpClient(RawHttpClient&& other) noexcept : fd_(other.fd_), buffer_(std::move(other.buffer_)) {
        other.fd_ = -1;
    }
    RawHttpClient& operator=(RawHttpClient&&) = delete;
    ~RawHttpClient() {
        if (fd_ >= 0) ::close(fd_);
    }

    /// False when the server no longer takes anything.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// The next answer; `has_body` is false for answers to HEAD and for interim ones.
    RawAnswer read(bool has_body = true) {
        RawAnswer answer;
        std::size_t end = 0;
        while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) more("an answer's head");
        answer.head = buffer_.substr(0, end + 4);
        buffer_.erase(0, end + 4);
        answer.status = std::stoi(answer.head.substr(9, 3));
        const auto length_at = answer.head.find("Content-Length: ");
        if (!has_body || length_at == std::string::npos) return answer;
        const auto length = std::stoul(answer.head.substr(length_at + 16));
        while (buffer_.size() < length) more("an answer's body");
        answer.body = buffer_.substr(0, length);
        buffer_.erase(0, length);
        return answer;
    }

    /// The content of the next chunk of a chunked answer; empty: it was the last.
    std::string read_chunk() {
        std::size_t end = 0;
        while ((end = buffer_.find("\r\n")) == std::string::npos) more("a chunk");
        const auto size = std::stoul(buffer_.substr(0, end), nullptr, 16);
        while (buffer_.size() < end + 2 + size + 2) more("the rest of a chunk");
        auto content = buffer_.substr(end + 2, size);
        buffer_.erase(0, end + 2 + size + 2);
        return content;
    }

    RawAnswer ask(std::string_view bytes) {
        send(bytes);
        return read();
    }

    /// True when the server has closed and nothing is left to read; waits for one or the other.
    bool at_end() { return buffer_.empty() && receive() <= 0; }

    std::string read_to_end() {
        while (receive() > 0) {
        }
        return std::exchange(buffer_, {});
    }

    /// Takes at most so many bytes, as a slow client does; how many, 0 at the end.
    std::size_t take(std::size_t bytes) {
        std::string part(bytes, '\0');
        const auto received = ::recv(fd_, part.data(), part.size(), 0);
        return received > 0 ? static_cast<std::size_t>(received) : 0;
    }

    /// True when something (or the end) can be read within `ms`.
    bool readable_within(int ms) {
        pollfd wanted{.fd = fd_, .events = POLLIN, .revents = 0};
        return ::poll(&wanted, 1, ms) > 0;
    }
    bool writable_within(int ms) {
        pollfd wanted{.fd = fd_, .events = POLLOUT, .revents = 0};
        return ::poll(&wanted, 1, ms) > 0;
    }
    /// Sends what fits at once; returns how many bytes that was.
    std::size_t send_some(std::string_view bytes) {
        const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        return sent > 0 ? static_cast<std::size_t>(sent) : 0;
    }

    void end_output() { ::shutdown(fd_, SHUT_WR); }
    /// Closes by a reset, as a crashed client does.
    void reset() {
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        ::close(fd_);
        fd_ = -1;
    }

private:
    ssize_t receive() {
        char bytes[65536];
        const auto received = ::recv(fd_, bytes, sizeof bytes, 0);
        if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            throw std::runtime_error("ten seconds without a byte from the server");
        }
        if (received > 0) buffer_.append(bytes, static_cast<std::size_t>(received));
        return received;
    }
    void more(const char* what) {
        if (receive() <= 0) throw std::runtime_error(std::string("the server closed instead of sending ") + what);
    }

    int fd_;
    std::string buffer_;
};

}  // namespace treasurer::test
