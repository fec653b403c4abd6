#include "base/http_wire.hpp"

#include <atr/atr.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "base/context.hpp"

namespace atr::testkit {

namespace {

constexpr std::size_t largest_reply = std::size_t{32} << 20;

struct Server {
    std::string host, port = "80", path = "/";
};

std::optional<Server> server_of(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) return std::nullopt;
    url.remove_prefix(scheme.size());
    Server out;
    const std::size_t slash = std::min(url.find('/'), url.size());
    if (slash < url.size()) out.path = url.substr(slash);
    out.host = url.substr(0, slash);
    if (const std::size_t colon = out.host.rfind(':'); colon != std::string::npos) {
        out.port = out.host.substr(colon + 1);
        out.host.resize(colon);
    }
    return out;
}

class Socket {
public:
    explicit Socket(const addrinfo& at)
        : fd_(::socket(at.ai_family, at.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, at.ai_protocol)) {}
    ~Socket() {
        if (fd_ >= 0) ::close(fd_);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    int fd() const { return fd_; }

    /// False: the time is over.
    bool wait(short events, std::int64_t until) const {
        pollfd one{fd_, events, 0};
        const std::int64_t left = until - now_ms();
        return left > 0 && ::poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left, 1'000'000))) > 0;
    }
    bool connect(const addrinfo& at, std::int64_t until) const {
        if (::connect(fd_, at.ai_addr, at.ai_addrlen) == 0) return true;
        if (errno != EINPROGRESS || !wait(POLLOUT, until)) return false;
        int error = 0;
        socklen_t size = sizeof error;
        return ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
    }
    /// How many of the bytes left.
    std::size_t write(std::string_view bytes, std::int64_t until) const {
        std::size_t out = 0;
        while (out < bytes.size() && wait(POLLOUT, until)) {
            const ssize_t sent = ::send(fd_, bytes.data() + out, bytes.size() - out, MSG_NOSIGNAL);
            if (sent < 0 && errno != EAGAIN) break;
            if (sent > 0) out += static_cast<std::size_t>(sent);
        }
        return out;
    }
    /// Everything until the other side closes; nullopt: it did not in time, or sends without end.
    std::optional<std::string> read_all(std::int64_t until) const {
        std::string out;
        char bytes[16384];
        while (wait(POLLIN, until) && out.size() < largest_reply) {
            const ssize_t got = ::read(fd_, bytes, sizeof bytes);
            if (got == 0) return out;
            if (got < 0 && errno != EAGAIN) return std::nullopt;
            if (got > 0) out.append(bytes, static_cast<std::size_t>(got));
        }
        return std::nullopt;
    }

private:
    const int fd_;
};

std::string head_of(const HttpQuestion& question, const Server& server) {
    std::string out = question.method + " " + server.path + " HTTP/1.1\r\nHost: " + server.host + ":" + server.port +
                      "\r\nConnection: close\r\nContent-Length: " + std::to_string(question.body.size()) + "\r\n";
    for (const auto& [name, value] : question.headers) out += name + ": " + value + "\r\n";
    return out + "\r\n";
}

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        return small(x) == small(y);
    });
}

std::optional<std::string> without_chunks(std::string_view body) {
    std::string out;
    for (;;) {
        std::size_t length = 0;
        const auto read = std::from_chars(body.data(), body.data() + body.size(), length, 16);
        const std::size_t line = body.find("\r\n");
        if (read.ec != std::errc() || line == std::string_view::npos) return std::nullopt;
        body.remove_prefix(line + 2);
        if (length == 0) return out;
        if (body.size() < length + 2) return std::nullopt;
        out += body.substr(0, length);
        body.remove_prefix(length + 2);
    }
}

/// False: it is not a whole reply.
bool read_reply(std::string_view text, HttpAnswer& out) {
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos || !text.starts_with("HTTP/1.") || text.size() < 12) return false;
    std::from_chars(text.data() + 9, text.data() + 12, out.status);
    std::string_view head = text.substr(0, end), body = text.substr(end + 4);
    bool whole = true;
    for (std::size_t line = head.find("\r\n"); line != std::string_view::npos; line = head.find("\r\n")) {
        head.remove_prefix(line + 2);
        const std::string_view field = head.substr(0, head.find("\r\n"));
        const std::size_t colon = field.find(':');
        if (colon == std::string_view::npos) return false;
        std::string_view name = field.substr(0, colon), value = field.substr(colon + 1);
        while (value.starts_with(' ')) value.remove_prefix(1);
        out.headers.emplace_back(name, value);
        if (same_name(name, "Content-Length")) {
            std::size_t length = 0;
            std::from_chars(value.data(), value.data() + value.size(), length);
            whole = body.size() >= length;
            body = body.substr(0, length);
        }
    }
    out.body = body;
    for (const auto& [name, value] : out.headers)
        if (same_name(name, "Transfer-Encoding") && same_name(value, "chunked")) {
            const auto joined = without_chunks(out.body);
            whole = joined.has_value();
            out.body = joined.value_or("");
        }
    return whole;
}

HttpAnswer without_reply(std::int32_t phase, std::string problem) {
    return {.phase = phase, .problem = std::move(problem)};
}

}  // namespace

HttpAnswer ask(const HttpQuestion& question) {
    const auto server = server_of(question.url);
    if (!server) return without_reply(ATR_HTTP_NOT_SENT, "the kit speaks http:// alone: give the plugin a test server");
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(server->host.c_str(), server->port.c_str(), &hints, &found) != 0 || found == nullptr)
        return without_reply(ATR_HTTP_NOT_SENT, "no address of " + server->host);
    const Socket socket(*found);
    const bool connected = socket.fd() >= 0 && socket.connect(*found, question.until_unix_ms);
    ::freeaddrinfo(found);
    if (!connected) return without_reply(ATR_HTTP_NOT_SENT, "no connection to " + server->host + ":" + server->port);
    const std::string text = head_of(question, *server) + question.body;
    const std::size_t sent = socket.write(text, question.until_unix_ms);
    if (sent == 0) return without_reply(ATR_HTTP_NOT_SENT, "nothing could be sent");
    HttpAnswer out{.phase = ATR_HTTP_REPLIED};
    const auto reply = sent == text.size() ? socket.read_all(question.until_unix_ms) : std::nullopt;
    if (!reply || !read_reply(*reply, out)) return without_reply(ATR_HTTP_SENT_NO_REPLY, "no whole reply in time");
    return out;
}

}  // namespace atr::testkit
