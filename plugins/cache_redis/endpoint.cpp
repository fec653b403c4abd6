#include "endpoint.hpp"

#include <charconv>

namespace cache_redis {

std::optional<Endpoint> Endpoint::parse(std::string_view text, std::string_view host_if_empty) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (host.empty()) host = host_if_empty;
    int number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc{} || end != port.data() + port.size() || number < 1 || number > 65535) return std::nullopt;
    if (host.empty() || host.size() > 255 || host.find_first_of(" \t\r\n[]") != std::string_view::npos)
        return std::nullopt;
    return Endpoint{std::string(host), std::to_string(number)};
}

}  // namespace cache_redis
