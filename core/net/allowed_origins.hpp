/// Where requests may go.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace treasurer::net {

struct Origin {
    std::string scheme;  ///< "http" or "https"
    std::string host;    ///< lower case; of an entry it may begin with "*."
    std::string port;
};

/// The origin of an absolute URL, as the client that will use it reads it. Nullopt: no http or https URL, or one with a
/// user name, which no request of ours has.
std::optional<Origin> origin_of(const std::string& url);

/// Why `entry` is none of an allow list; empty: it is one. An entry is an origin alone: no path, no query; its first
/// label may be "*", which stands for one or more labels.
std::string fault_in_allowed(const std::string& entry);

bool is_allowed(const Origin& origin, const std::vector<std::string>& allowed);

}  // namespace treasurer::net
