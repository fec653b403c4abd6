/// A key with which a program acts for a user, within some of the user's rights and for some time.
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <vector>

#include "records/json.hpp"
#include "runtime/clock.hpp"

namespace treasurer {

struct ApiKey {
    static constexpr const char* collection = "api_keys";

    std::string id;
    std::string user;                 ///< whom it acts for
    std::string name;                 ///< what it is for, in the user's words
    std::string secret_hash;          ///< SHA-256 of the key; the key itself is kept nowhere
    std::vector<std::string> scopes;  ///< names of permissions
    UnixMillis created_ms = 0;
    UnixMillis expires_ms = 0;    ///< of a revoked key: when it was revoked, at the latest
    UnixMillis revoked_ms = 0;    ///< 0: it was not
    UnixMillis last_used_ms = 0;  ///< to within a minute; 0: never
    UnixMillis forget_ms = 0;     ///< when nobody needs to see any more that there was such a key

    std::uint64_t version = 0;

    Json to_json() const;
    static ApiKey from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const;
};

}  // namespace treasurer
