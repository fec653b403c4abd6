/// The request target of RFC 9112, section 3.2: origin form, absolute form and `*`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "http/refusal.hpp"

namespace treasurer::http {

struct RequestTarget {
    std::string path;  ///< decoded once
    std::vector<QueryParameter> query;
    std::string authority;  ///< of the absolute form, else empty
};

/// Fills `out`, or says why not. Escapes are decoded exactly once: broken ones, %00 anywhere, and control characters or
/// an encoded slash in the path are refused, so that no two readers of one target can disagree about where it leads.
std::optional<Refusal> parse_target(std::string_view method, std::string_view target, RequestTarget& out);

/// `host[:port]` of a Host field or an authority: a name, an IPv4 or a bracketed IPv6 address; never empty.
bool is_valid_authority(std::string_view authority);

}  // namespace treasurer::http
