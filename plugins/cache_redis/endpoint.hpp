/// Where a Redis or Sentinel listens.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace cache_redis {

struct Endpoint {
    std::string host;
    std::string port;  ///< decimal, 1 to 65535

    auto operator<=>(const Endpoint&) const = default;

    /// "host:port", "[::1]:6379", and "::1:6379" as Redis itself writes it: the port stands after the last colon.
    /// `host_if_empty` answers for ":6379". Nothing when it is not of that form.
    static std::optional<Endpoint> parse(std::string_view text, std::string_view host_if_empty = "");

    std::string text() const {
        return host.find(':') == std::string::npos ? host + ':' + port : '[' + host + "]:" + port;
    }
};

}  // namespace cache_redis
