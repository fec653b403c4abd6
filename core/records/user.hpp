/// A person or program that may sign in.
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <vector>

#include "records/json.hpp"
#include "runtime/clock.hpp"

namespace treasurer {

struct User {
    static constexpr const char* collection = "users";

    std::string id;                  ///< the user name
    std::string password_hash;       ///< argon2id
    std::vector<std::string> roles;  ///< of viewer, submitter, approver, admin
    bool disabled = false;
    std::uint64_t token_epoch = 1;  ///< tokens of an earlier epoch are revoked
    UnixMillis created_ms = 0;

    std::uint64_t version = 0;

    Json to_json() const;
    static User from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const { return {}; }
};

}  // namespace treasurer
