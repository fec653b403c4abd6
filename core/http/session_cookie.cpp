#include "http/session_cookie.hpp"

#include <algorithm>
#include <string>

#include "http/characters.hpp"

namespace treasurer::http {
namespace {

constexpr std::size_t longest_session = 4096;  ///< browsers keep no longer cookie

/// Of the compact form of a JSON Web Token.
bool is_token_text(std::string_view text) {
    const auto fits = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.'; };
    return text.size() <= longest_session && std::all_of(text.begin(), text.end(), fits);
}

/// Calls `visit(value)` for each cookie of that name. Names are compared as they are.
template <class Visit>
void for_each_cookie(const Headers& headers, std::string_view name, Visit visit) {
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (!equal_ignoring_case(headers[i].name, "Cookie")) continue;
        for (std::string_view rest = headers[i].value; !rest.empty();) {
            const auto end = rest.find(';');
            const auto pair = trimmed(rest.substr(0, end));
            if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=')
                visit(pair.substr(name.size() + 1));
            rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        }
    }
}

void set_session_cookie(Response& response, const Request& request, std::string_view value, std::int64_t max_age_s) {
    std::string cookie(session_cookie_name(request));
    cookie.append("=").append(value).append("; Path=/; Max-Age=").append(std::to_string(max_age_s));
    if (request.is_secure) cookie += "; Secure";
    cookie += "; HttpOnly; SameSite=Strict";
    response.headers.add("Set-Cookie", cookie);
}

}  // namespace

std::string_view session_cookie_name(const Request& request) {
    return request.is_secure ? "__Host-treasurer" : "treasurer_session";
}

Parsed<std::optional<std::string_view>> session_cookie_of(const Request& request) {
    std::optional<std::string_view> found;
    std::size_t count = 0;
    for_each_cookie(request.headers, session_cookie_name(request), [&](std::string_view value) {
        ++count;
        found = value;
    });
    if (count > 1) return Problem{.code = ErrorCode::bad_request, .detail = "The session cookie is there twice."};
    if (!found || found->empty()) return std::optional<std::string_view>();
    return std::optional(is_token_text(*found) ? *found : std::string_view());
}

void give_session_cookie(Response& response, const Request& request, const auth::IssuedToken& token) {
    set_session_cookie(response, request, token.text, token.expires_in.count());
}

void end_session_cookie(Response& response, const Request& request) {
    const auto session = session_cookie_of(request);
    if (session && *session) set_session_cookie(response, request, "", 0);
}

}  // namespace treasurer::http
