#include "records/user.hpp"

namespace treasurer {

Json User::to_json() const {
    return {{"id", id},
            {"password_hash", password_hash},
            {"roles", roles},
            {"disabled", disabled},
            {"token_epoch", token_epoch},
            {"created_ms", created_ms}};
}

User User::from_json(const Json& json) {
    User out;
    out.id = json.at("id");
    out.password_hash = json.at("password_hash");
    out.roles = json.at("roles").get<std::vector<std::string>>();
    out.disabled = json.at("disabled");
    out.token_epoch = json.at("token_epoch");
    out.created_ms = json.at("created_ms");
    return out;
}

}  // namespace treasurer
