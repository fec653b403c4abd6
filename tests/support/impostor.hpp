/// A server that does what no Redis does: takes connections and answers with the bytes it was given, or never.
/// Threads: answers from its own; the rest one. Ends its connections with itself.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace support {

class Impostor {
public:
    /// To the first bytes of a connection it answers answers[0], to the next answers[1], ...; then nothing more, or it
    /// hangs up.
    explicit Impostor(std::vector<std::string> answers, bool hangs_up = false)
        : answers_(std::move(answers)),
          hangs_up_(hangs_up),
          listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error("no listener");
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~Impostor() {
        stopping_ = true;
        thread_.join();
        ::close(listener_);
        for (const auto& [fd, turn] : turns_) ::close(fd);
    }
    Impostor(const Impostor&) = delete;
    Impostor& operator=(const Impostor&) = delete;

    std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    int connections() const { return connections_; }

private:
    void serve() {
        while (!stopping_) {
            std::vector<pollfd> waiting = {{listener_, POLLIN, 0}};
            for (const auto& [fd, turn] : turns_) waiting.push_back({fd, POLLIN, 0});
            ::poll(waiting.data(), waiting.size(), 20);
            for (const auto& one : waiting)
                if (one.revents) one.fd == listener_ ? take() : answer(one.fd);
        }
    }
    void take() {
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) return;
        turns_[fd] = 0;
        ++connections_;
    }
    void answer(int fd) {
        char bytes[1 << 16];
        std::size_t& turn = turns_[fd];
        const bool open = ::recv(fd, bytes, sizeof bytes, 0) > 0;
        if (open && turn < answers_.size()) ::send(fd, answers_[turn].data(), answers_[turn].size(), MSG_NOSIGNAL);
        if (open && (++turn < answers_.size() || !hangs_up_)) return;
        ::close(fd);
        turns_.erase(fd);
    }

    const std::vector<std::string> answers_;
    const bool hangs_up_;
    int listener_, port_ = 0;
    std::atomic<int> connections_{0};
    std::atomic<bool> stopping_{false};
    std::map<int, std::size_t> turns_;
    std::thread thread_;
};

}  // namespace support
