/// What a request shows of who sends it.
#pragma once

#include <optional>
#include <string_view>

#include "auth/tokens.hpp"
#include "http/api_problem.hpp"
#include "http/message.hpp"

namespace treasurer::http {

/// `text` is a view into the request.
struct Credential {
    using Kind = auth::CredentialKind;
    Kind kind = Kind::token;
    std::string_view text;
    bool is_cookie = false;  ///< a token that a browser may have been made to send: see same_origin.hpp
};

/// That of "Authorization: Bearer TOKEN" or "X-API-Key: KEY", or of the session cookie; a bearer that looks like a key
/// is one. nullopt when the request has none, or another scheme. Problems: bad_request when there is more than one: a
/// proxy and this host might each believe another. One Authorization of the scheme Basic is none: it is a proxy's.
Parsed<std::optional<Credential>> credential_of(const Request& request);

}  // namespace treasurer::http
