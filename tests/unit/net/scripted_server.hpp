/// A server on loopback that does to each connection what the test says, byte by byte: what a well-behaved one cannot
/// be made to do.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace net_test {

/// One accepted connection, of the server's thread.
class Peer {
public:
    explicit Peer(int fd) : fd_(fd) {}
    ~Peer() { ::close(fd_); }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    /// Reads a whole request: its head, and as much of a body as Content-Length says.
    std::string read_request() {
        std::string out;
        char bytes[4096];
        for (;;) {
            const std::size_t end = out.find("\r\n\r\n");
            if (end != std::string::npos) {
                const std::size_t at = out.find("Content-Length: ");
                const std::size_t body = at < end ? std::stoul(out.substr(at + 16)) : 0;
                if (out.size() >= end + 4 + body) return out;
            }
            const ssize_t got = ::read(fd_, bytes, sizeof bytes);
            if (got <= 0) return out;
            out.append(bytes, static_cast<std::size_t>(got));
        }
    }
    void write(const std::string& text) { static_cast<void>(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL)); }
    /// Closes with a reset instead of an orderly end.
    void reset() {
        const linger now{1, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    /// Until the other side goes away.
    void wait_closed() {
        pollfd wanted{fd_, POLLIN, 0};
        char byte = 0;
        do {
            ::poll(&wanted, 1, 30'000);
        } while (::read(fd_, &byte, 1) > 0);
    }

private:
    const int fd_;
};

class ScriptedServer {
public:
    using Script = std::function<void(Peer&)>;

    ScriptedServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(listener_, 16) != 0)
            throw std::runtime_error("no socket to listen on");
        socklen_t size = sizeof address;
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~ScriptedServer() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }

    /// What happens to the next connection that has no script yet.
    void then(Script script) {
        const std::lock_guard lock(mutex_);
        scripts_.push_back(std::move(script));
    }
    std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
    int connections() const { return connections_; }

private:
    void serve() {
        for (;;) {
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) return;
            ++connections_;
            Script script;
            {
                const std::lock_guard lock(mutex_);
                if (!scripts_.empty()) {
                    script = std::move(scripts_.front());
                    scripts_.pop_front();
                }
            }
            peers_.emplace_back([fd, script] {
                Peer peer(fd);
                if (script) script(peer);
            });
        }
    }

    const int listener_;
    int port_ = 0;
    std::atomic<int> connections_{0};
    std::mutex mutex_;
    std::deque<Script> scripts_;
    std::vector<std::jthread> peers_;  ///< of the thread that accepts; they end when their client is gone
    std::thread thread_;
};

}  // namespace net_test
