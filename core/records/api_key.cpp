#include "records/api_key.hpp"

namespace treasurer {

Json ApiKey::to_json() const {
    return {{"id", id},
            {"user", user},
            {"name", name},
            {"secret_hash", secret_hash},
            {"scopes", scopes},
            {"created_ms", created_ms},
            {"expires_ms", expires_ms},
            {"revoked_ms", revoked_ms},
            {"last_used_ms", last_used_ms},
            {"forget_ms", forget_ms}};
}

ApiKey ApiKey::from_json(const Json& json) {
    ApiKey out;
    out.id = json.at("id");
    out.user = json.at("user");
    out.name = json.at("name");
    out.secret_hash = json.at("secret_hash");
    out.scopes = json.at("scopes").get<std::vector<std::string>>();
    out.created_ms = json.at("created_ms");
    out.expires_ms = json.at("expires_ms");
    out.revoked_ms = json.at("revoked_ms");
    out.last_used_ms = json.at("last_used_ms");
    out.forget_ms = json.at("forget_ms");
    return out;
}

std::vector<atr::IndexEntry> ApiKey::index() const {
    return {{"by_user", {atr::Value::of(user), atr::Value::of(expires_ms)}},
            {"by_expiry", {atr::Value::of(forget_ms)}}};
}

}  // namespace treasurer
