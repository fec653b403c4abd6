#include "http/credentials.hpp"

#include "auth/api_keys.hpp"
#include "http/characters.hpp"
#include "http/session_cookie.hpp"

namespace treasurer::http {
namespace {

/// What a request shows of itself in its headers, found in one look at them.
struct Shown {
    std::optional<std::string_view> authorization, key;
    std::size_t authorizations = 0, keys = 0;
    bool has_cookies = false;
};

/// Which no route takes: it is for a proxy in front, and browsers send it beside their cookies.
bool is_basic(std::string_view authorization) {
    return equal_ignoring_case(authorization.substr(0, authorization.find(' ')), "Basic");
}

Shown shown_in(const Headers& headers) {
    Shown out;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const auto field = headers[i];
        if (equal_ignoring_case(field.name, "Authorization")) {
            out.authorization = field.value;
            ++out.authorizations;
        } else if (equal_ignoring_case(field.name, "X-API-Key")) {
            out.key = field.value;
            ++out.keys;
        } else if (equal_ignoring_case(field.name, "Cookie")) {
            out.has_cookies = true;
        }
    }
    if (out.authorizations == 1 && is_basic(*out.authorization)) {
        out.authorization.reset();
        out.authorizations = 0;
    }
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
    const Shown shown = shown_in(request.headers);
    std::optional<std::string_view> session;
    if (shown.has_cookies) {
        const auto found = session_cookie_of(request);
        if (!found) return found.problem();
        session = *found;
    }
    if (shown.authorizations + shown.keys + (session ? 1 : 0) > 1)
        return Problem{.code = ErrorCode::bad_request,
                       .detail = "Send one Authorization or X-API-Key header, or the session cookie."};
    if (session) return std::optional(Credential{Credential::Kind::token, *session, true});
    if (shown.authorization) return bearer(*shown.authorization);
    if (!shown.key || shown.key->empty()) return std::optional<Credential>();
    return std::optional(Credential{Credential::Kind::api_key, *shown.key});
}

}  // namespace treasurer::http
