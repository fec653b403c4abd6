/// The cookie that a browser is signed in by. What it holds is the token that POST /token would have given, so that it
/// ends, is revoked and is signed out as that is; no script can read it, and no other site's page sends it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/tokens.hpp"
#include "http/api_problem.hpp"
#include "http/message.hpp"

namespace treasurer::http {

/// Where the request came by TLS: "__Host-treasurer", which browsers take from this very host alone, and by TLS. Else
/// "treasurer_session". Each counts only where it is given: what another page without TLS may have set is not believed
/// with it.
std::string_view session_cookie_name(const Request& request);

/// The token in the request's session cookie, a view into the request; empty for one that cannot be a token. nullopt:
/// there is no such cookie, or an empty one. Problems: bad_request when it is there twice: another host of the same
/// domain may have set one of them.
Parsed<std::optional<std::string_view>> session_cookie_of(const Request& request);

/// Of every such cookie, what may be a token.
std::vector<std::string> session_tokens_of(const Request& request);

/// Signs the browser in until the token expires. It replaces what came with the request.
void give_session_cookie(Response& response, const Request& request, const auth::IssuedToken& token);
/// Lets the browser forget the cookie, if the request came with it. If it is there twice, whatever may have been set of
/// that name by this host's name and above this path is ended too: the browser does not say which it is.
void end_session_cookie(Response& response, const Request& request);

}  // namespace treasurer::http
