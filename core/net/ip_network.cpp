#include "net/ip_network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace treasurer::net {
namespace {

constexpr unsigned v4_prefix_bits = 96;
constexpr std::size_t v4_at = 12;
/// ::ffff:0:0/96
constexpr std::array<unsigned char, v4_at> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/// Digits alone, without a leading zero.
std::optional<unsigned> number(std::string_view text) {
    unsigned out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    const bool is_plain = error == std::errc() && end == text.data() + text.size();
    if (!is_plain || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    return out;
}

bool bit(const std::array<unsigned char, 16>& bytes, unsigned at) {
    return (bytes[at / 8] >> (7 - at % 8)) & 1;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    if (text.empty() || text.size() >= buffer.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
    std::copy(text.begin(), text.end(), buffer.begin());
    IpAddress out;
    if (::inet_pton(AF_INET, buffer.data(), out.bytes_.data() + v4_at) == 1) {
        std::copy(v4_prefix.begin(), v4_prefix.end(), out.bytes_.begin());
        out.is_v4_ = true;
        return out;
    }
    if (::inet_pton(AF_INET6, buffer.data(), out.bytes_.data()) != 1) return std::nullopt;
    out.is_v4_ = std::equal(v4_prefix.begin(), v4_prefix.end(), out.bytes_.begin());
    return out;
}

std::string IpAddress::text() const {
    std::array<char, INET6_ADDRSTRLEN> out{};
    if (is_v4_)
        ::inet_ntop(AF_INET, bytes_.data() + v4_at, out.data(), out.size());
    else
        ::inet_ntop(AF_INET6, bytes_.data(), out.data(), out.size());
    return out.data();
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
    const auto slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    const auto first = IpAddress::parse(address);
    if (!first) return std::nullopt;
    IpNetwork out;
    out.first_ = *first;
    if (slash == std::string_view::npos) return out;
    const auto prefix = number(text.substr(slash + 1));
    const bool is_written_as_v4 = address.find(':') == std::string_view::npos;
    if (!prefix || *prefix < 1 || *prefix > (is_written_as_v4 ? 32U : 128U)) return std::nullopt;
    out.bits_ = *prefix + (is_written_as_v4 ? v4_prefix_bits : 0);
    if (first->is_v4_ && out.bits_ <= v4_prefix_bits) return std::nullopt;
    for (unsigned at = out.bits_; at < 128; ++at)
        if (bit(first->bytes_, at)) return std::nullopt;
    return out;
}

bool IpNetwork::contains(const IpAddress& address) const {
    if (address.is_v4_ != first_.is_v4_) return false;
    const unsigned whole = bits_ / 8;
    if (std::memcmp(address.bytes_.data(), first_.bytes_.data(), whole) != 0) return false;
    for (unsigned at = whole * 8; at < bits_; ++at)
        if (bit(address.bytes_, at) != bit(first_.bytes_, at)) return false;
    return true;
}

std::string fault_in_network(std::string_view text) {
    if (IpNetwork::parse(text)) return {};
    const auto slash = text.find('/');
    if (!IpAddress::parse(text.substr(0, slash)))
        return "is no address such as 192.0.2.1 or 2001:db8::1, and no network such as 10.0.0.0/8";
    const auto prefix = number(text.substr(slash + 1));
    if (prefix && *prefix == 0) return "is everybody";
    if (!prefix || *prefix > (text.find(':') == std::string_view::npos ? 32U : 128U))
        return "has no such prefix: 1 to 32 bits of an IPv4 address, 1 to 128 of an IPv6 address";
    return "has bits behind its prefix; write the network's first address, or one address without a prefix";
}

}  // namespace treasurer::net
