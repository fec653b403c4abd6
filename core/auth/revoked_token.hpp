/// A token that was signed out before it expired.
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <vector>

#include "records/json.hpp"
#include "runtime/clock.hpp"

namespace treasurer::auth {

struct RevokedToken {
    static constexpr const char* collection = "revoked_tokens";

    std::string id;  ///< jti
    std::string user;
    UnixMillis expires_ms = 0;  ///< of the token; afterwards this record is useless

    std::uint64_t version = 0;

    Json to_json() const { return {{"id", id}, {"user", user}, {"expires_ms", expires_ms}}; }
    static RevokedToken from_json(const Json& json) {
        RevokedToken out;
        out.id = json.at("id");
        out.user = json.at("user");
        out.expires_ms = json.at("expires_ms");
        return out;
    }
    std::vector<atr::IndexEntry> index() const { return {{"by_expiry", {atr::Value::of(expires_ms)}}}; }
};

}  // namespace treasurer::auth
