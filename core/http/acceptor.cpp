#include "http/acceptor.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <random>
#include <system_error>

#include "http/problem.hpp"

namespace treasurer::http {
namespace {

using Pistache::Polling::NotifyOn;
using Pistache::Polling::Tag;

constexpr int kBacklog = 1024;
constexpr int kAcceptsPerRound = 64;
constexpr int kShortageWaitMs = 10;

/// An IPv4 or IPv6 socket address in the kernel's form.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);

    sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
    sockaddr_in& v4() { return reinterpret_cast<sockaddr_in&>(storage); }
    sockaddr_in6& v6() { return reinterpret_cast<sockaddr_in6&>(storage); }
    bool is_v6() const { return storage.ss_family == AF_INET6; }
};

std::optional<SocketAddress> parse(const std::string& address, std::uint16_t port) {
    SocketAddress result;
    if (::inet_pton(AF_INET, address.c_str(), &result.v4().sin_addr) == 1) {
        result.storage.ss_family = AF_INET;
        result.v4().sin_port = htons(port);
        result.size = sizeof(sockaddr_in);
        return result;
    }
    if (::inet_pton(AF_INET6, address.c_str(), &result.v6().sin6_addr) == 1) {
        result.storage.ss_family = AF_INET6;
        result.v6().sin6_port = htons(port);
        result.size = sizeof(sockaddr_in6);
        return result;
    }
    return std::nullopt;
}

/// The client's address as text and as what the cap counts; an IPv4 client of an IPv6 socket counts as IPv4.
std::pair<std::string, AddressKey> identify(SocketAddress& client) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool is_mapped = client.is_v6() && IN6_IS_ADDR_V4MAPPED(&client.v6().sin6_addr);
    if (client.is_v6() && !is_mapped) {
        ::inet_ntop(AF_INET6, &client.v6().sin6_addr, text.data(), text.size());
        AddressKey prefix = 0;
        std::memcpy(&prefix, &client.v6().sin6_addr, sizeof prefix);
        return {text.data(), prefix};
    }
    in_addr address{};
    if (is_mapped) {
        std::memcpy(&address, client.v6().sin6_addr.s6_addr + 12, sizeof address);
    } else {
        address = client.v4().sin_addr;
    }
    ::inet_ntop(AF_INET, &address, text.data(), text.size());
    return {text.data(), AddressKey{0xffffffff} << 32 | address.s_addr};
}

void set_flag(int socket, int level, int option, int value) {
    ::setsockopt(socket, level, option, &value, sizeof value);
}

UniqueFd open_spare() {
    return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

}  // namespace

atr::Result<Listening> listen_on(const std::string& address, std::uint16_t port) {
    const auto shown =
        (address.find(':') == std::string::npos ? address : "[" + address + "]") + ":" + std::to_string(port);
    const auto failed = [&](const std::string& why) {
        return atr::rejected(ATR_E_CONFIG, "cannot listen on " + shown + ": " + why);
    };
    auto wanted = parse(address, port);
    if (!wanted) return failed("the address is neither IPv4 nor IPv6");
    UniqueFd socket(::socket(wanted->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) return failed(std::strerror(errno));
    // Lets a restarted host have its port while old connections still fade; two hosts can never share one.
    set_flag(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    set_flag(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1);  // accepted sockets inherit it
    if (wanted->is_v6()) set_flag(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (::bind(socket.get(), wanted->raw(), wanted->size) != 0 || ::listen(socket.get(), kBacklog) != 0) {
        return failed(std::strerror(errno));
    }
    SocketAddress bound;
    if (::getsockname(socket.get(), bound.raw(), &bound.size) != 0) return failed(std::strerror(errno));
    const auto real_port = ntohs(bound.is_v6() ? bound.v6().sin6_port : bound.v4().sin_port);
    return Listening{std::move(socket), real_port};
}

Acceptor::Acceptor(Parts parts)
    : parts_(std::move(parts)), spare_(open_spare()), request_ids_(std::random_device{}()) {}

std::shared_ptr<Pistache::Aio::Handler> Acceptor::clone() const {
    return std::make_shared<Acceptor>(parts_);
}

void Acceptor::registerPoller(Pistache::Polling::Epoll& poller) {
    poller.addFd(parts_.socket, Pistache::Flags<NotifyOn>(NotifyOn::Read),
                 Tag(static_cast<std::uint64_t>(parts_.socket)));
}

void Acceptor::onReady(const Pistache::Aio::FdSet&) {
    for (int i = 0; i < kAcceptsPerRound && accept_one(); ++i) {
    }
}

bool Acceptor::accept_one() {
    SocketAddress address;
    UniqueFd client(::accept4(parts_.socket, address.raw(), &address.size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!client) {
        const int error = errno;
        if (error == EMFILE || error == ENFILE) out_of_descriptors();
        if (error == ENOBUFS || error == ENOMEM) ::poll(nullptr, 0, kShortageWaitMs);
        return error == ECONNABORTED || error == EINTR;
    }
    auto [text, key] = identify(address);
    auto slot = parts_.caps.admit(key);
    if (!slot) {
        turn_away(client);
        return true;
    }
    parts_.admit(Arrival{std::move(client), std::move(text), std::move(*slot)});
    return true;
}

/// Without this the waiting client would keep the socket readable and this thread spinning.
void Acceptor::out_of_descriptors() {
    parts_.turned_away.fetch_add(1, std::memory_order_relaxed);
    spare_.reset();
    const UniqueFd unheard(::accept4(parts_.socket, nullptr, nullptr, SOCK_CLOEXEC));
    if (!unheard) ::poll(nullptr, 0, kShortageWaitMs);
    spare_ = open_spare();
}

void Acceptor::turn_away(const UniqueFd& client) {
    parts_.turned_away.fetch_add(1, std::memory_order_relaxed);
    const auto now = std::chrono::system_clock::now();
    Exchange exchange{.request_id = request_ids_.next(now), .version = 11, .is_head = false, .keep_alive = false};
    auto response = problem_response(503, "too_many_connections", "Too many connections are open; try again shortly.",
                                     exchange.request_id);
    response.headers.add("Retry-After", "1");
    OutputBuffer out;
    writer_.write(std::move(response), exchange, std::chrono::system_clock::to_time_t(now), out);
    out.flush(client.get());
}

}  // namespace treasurer::http
