/// Addresses and networks of the internet protocol, by their numbers: however one is written, it means the same.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace treasurer::net {

/// An IPv4 or IPv6 address. An IPv4 address inside IPv6 (::ffff:192.0.2.1) is the IPv4 address.
class IpAddress {
public:
    /// "192.0.2.1", "2001:db8::1". nullopt for anything else: a name, a port, brackets, a zone.
    static std::optional<IpAddress> parse(std::string_view text);

    /// In the shortest form, as the kernel's sockets show it.
    std::string text() const;
    bool operator==(const IpAddress&) const = default;

private:
    friend class IpNetwork;
    std::array<unsigned char, 16> bytes_{};  ///< IPv4 in the last four, behind ::ffff:
    bool is_v4_ = false;
};

/// All addresses that begin with the same bits, of one of the two families.
class IpNetwork {
public:
    /// "10.0.0.0/8", "2001:db8::/32", or one address. nullopt for what fault_in_network() has words for.
    static std::optional<IpNetwork> parse(std::string_view text);

    bool contains(const IpAddress& address) const;

private:
    IpAddress first_;
    unsigned bits_ = 128;  ///< of the sixteen bytes
};

/// Why `text` is no network; empty: it is one. Bits behind the prefix have to be zero: 10.0.0.5/8 may have been meant
/// as one address. A prefix of no bits is refused, since it is everybody.
std::string fault_in_network(std::string_view text);

}  // namespace treasurer::net
