#include "http/client_address.hpp"

#include <algorithm>
#include <optional>

#include "http/characters.hpp"

namespace treasurer::http {
namespace {

bool is_port_number(std::string_view text) {
    constexpr std::size_t longest = 5;
    return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), is_digit);
}

/// "192.0.2.1", "2001:db8::1", "[2001:db8::1]", and with a port "192.0.2.1:4711", "[2001:db8::1]:4711".
std::optional<net::IpAddress> address_of(std::string_view entry) {
    if (entry.starts_with('[')) {
        const auto end = entry.find(']');
        if (end == std::string_view::npos || entry.substr(0, end).find(':') == std::string_view::npos)
            return std::nullopt;
        const auto rest = entry.substr(end + 1);
        if (!rest.empty() && (rest.front() != ':' || !is_port_number(rest.substr(1)))) return std::nullopt;
        return net::IpAddress::parse(entry.substr(1, end - 1));
    }
    const auto colon = entry.find(':');
    const bool has_port = colon != std::string_view::npos && colon == entry.rfind(':');
    if (has_port && !is_port_number(entry.substr(colon + 1))) return std::nullopt;
    return net::IpAddress::parse(entry.substr(0, has_port ? colon : entry.size()));
}

/// The entries of a list in several fields, last first; ends early when `visit` says false.
template <class Visit>
void for_each_from_the_end(const Headers& headers, std::string_view name, Visit visit) {
    for (std::size_t i = headers.size(); i > 0; --i) {
        const auto field = headers[i - 1];
        if (!equal_ignoring_case(field.name, name)) continue;
        std::string_view rest = field.value;
        for (bool is_more = true; is_more;) {
            const auto comma = rest.rfind(',');
            is_more = comma != std::string_view::npos;
            if (!visit(trimmed(is_more ? rest.substr(comma + 1) : rest))) return;
            if (is_more) rest = rest.substr(0, comma);
        }
    }
}

bool came_by_tls(const Headers& headers) {
    bool out = false;
    for_each_from_the_end(headers, "X-Forwarded-Proto", [&](std::string_view scheme) {
        out = equal_ignoring_case(scheme, "https");
        return false;
    });
    return out;
}

}  // namespace

bool ClientAddresses::trusts(const net::IpAddress& address) const {
    return std::any_of(trusted_.begin(), trusted_.end(),
                       [&](const auto& network) { return network.contains(address); });
}

ClientAddresses::Client ClientAddresses::of(std::string_view peer, const Headers& headers) const {
    const auto socket = net::IpAddress::parse(peer);
    if (!socket || !trusts(*socket)) return {std::string(peer), false};
    net::IpAddress client = *socket;
    for_each_from_the_end(headers, "X-Forwarded-For", [&](std::string_view entry) {
        const auto named = address_of(entry);
        if (!named) return false;
        client = *named;
        return trusts(client);
    });
    return {client.text(), came_by_tls(headers)};
}

Handler ClientAddresses::before(Handler handler) const {
    if (trusted_.empty()) return handler;
    return [this, handler = std::move(handler)](Request&& request, Responder responder) {
        Client client = of(request.remote_address, request.headers);
        request.remote_address = std::move(client.address);
        request.is_secure = client.is_secure;
        handler(std::move(request), std::move(responder));
    };
}

BodyJudge ClientAddresses::before(BodyJudge judge) const {
    if (trusted_.empty()) return judge;
    return [this, judge = std::move(judge)](const Request& head, std::uint64_t announced, std::string_view peer) {
        const Client client = of(peer, head.headers);
        if (!client.is_secure) return judge(head, announced, client.address);
        Request secure;  // what is judged of a head, and that it came by TLS
        secure.method = head.method;
        secure.path = head.path;
        secure.host = head.host;
        secure.headers = head.headers;
        secure.is_secure = true;
        return judge(secure, announced, client.address);
    };
}

}  // namespace treasurer::http
