/// The listening socket: takes clients in, within the caps, and passes them on.
#pragma once

#include <pistache/reactor.h>

#include <atomic>
#include <atr/result.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "http/connection_caps.hpp"
#include "http/edge_settings.hpp"
#include "http/mailbox.hpp"
#include "http/request_ids.hpp"
#include "http/response_writer.hpp"
#include "http/unique_fd.hpp"

namespace treasurer::http {

/// A socket that listens; `port` is the real one, also when any free one was asked for.
struct Listening {
    UniqueFd socket;
    std::uint16_t port = 0;
};

/// Errors (rejected): the address is none, or not this machine's, or the port is taken or not allowed; the message says
/// which.
atr::Result<Listening> listen_on(const std::string& address, std::uint16_t port);

/// Over a cap the client gets a 503 and is closed. When the process runs out of descriptors, clients are closed
/// unheard. Threads: onReady() on its reactor's thread.
class Acceptor final : public Pistache::Aio::Handler {
public:
    using Admit = std::function<void(Arrival)>;
    struct Parts {
        int socket;  ///< listens, non-blocking; stays the caller's
        ConnectionCaps& caps;
        Admit admit;
        std::atomic<std::uint64_t>& turned_away;
    };

    explicit Acceptor(Parts parts);

    std::shared_ptr<Pistache::Aio::Handler> clone() const override;
    void registerPoller(Pistache::Polling::Epoll& poller) override;
    void onReady(const Pistache::Aio::FdSet& events) override;

private:
    bool accept_one();
    void out_of_descriptors();
    void turn_away(const UniqueFd& client);

    const Parts parts_;
    UniqueFd spare_;  ///< given up for a moment to close a client for which there is no descriptor
    RequestIds request_ids_;
    ResponseWriter writer_;
};

}  // namespace treasurer::http
