#include "http/credentials.hpp"

#include "auth/api_keys.hpp"
#include "http/characters.hpp"

namespace treasurer::http {
namespace {

bool is_credential(std::string_view name) {
    return equal_ignoring_case(name, "Authorization") || equal_ignoring_case(name, "X-API-Key");
}

std::size_t count_of_credentials(const Headers& headers) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < headers.size(); ++i) out += is_credential(headers[i].name) ? 1 : 0;
    return out;
}

std::optional<Credential> bearer(std::string_view authorization) {
    const auto space = authorization.find(' ');
    if (space == std::string_view::npos || !equal_ignoring_case(authorization.substr(0, space), "Bearer"))
        return std::nullopt;
    const auto text = trimmed(authorization.substr(space));
    if (text.empty()) return std::nullopt;
    const bool is_key = text.starts_with(auth::api_key_prefix);
    return Credential{is_key ? Credential::Kind::api_key : Credential::Kind::token, text};
}

}  // namespace

Parsed<std::optional<Credential>> credential_of(const Request& request) {
    const auto authorization = request.headers.find("Authorization");
    const auto key = request.headers.find("X-API-Key");
    if (!authorization && !key) return std::optional<Credential>();
    if (count_of_credentials(request.headers) > 1)
        return Problem{.code = ErrorCode::bad_request, .detail = "Send one Authorization or X-API-Key header."};
    if (authorization) return bearer(*authorization);
    if (key->empty()) return std::optional<Credential>();
    return std::optional(Credential{Credential::Kind::api_key, *key});
}

}  // namespace treasurer::http
