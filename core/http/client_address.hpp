/// Who a client is behind the proxies that an operator trusts: its address, and whether it came by TLS.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/body_leave.hpp"
#include "http/message.hpp"
#include "http/responder.hpp"
#include "net/ip_network.hpp"

namespace treasurer::http {

/// Only what a trusted proxy says is heard. X-Forwarded-For (several fields of it are one list) is read from its end:
/// each proxy has put there whom it was asked by, so the first that is none of ours is the client. What stands before
/// is the client's own word, and never looked at. Where an entry is no address, the proxy that would have written it is
/// the client. Threads: any, once made.
class ClientAddresses {
public:
    struct Client {
        std::string address;     ///< numeric
        bool is_secure = false;  ///< it came to the proxy by TLS
    };

    explicit ClientAddresses(std::vector<net::IpNetwork> trusted) : trusted_(std::move(trusted)) {}

    /// `peer`: numeric, of the socket's other end.
    Client of(std::string_view peer, const Headers& headers) const;

    /// What stands behind is told of the client instead of the socket's other end. Where nobody is trusted it is given
    /// back as it came. Lifetime: this outlives what is given.
    Handler before(Handler handler) const;
    BodyJudge before(BodyJudge judge) const;

private:
    bool trusts(const net::IpAddress& address) const;

    const std::vector<net::IpNetwork> trusted_;
};

}  // namespace treasurer::http
