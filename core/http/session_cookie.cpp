#include "http/session_cookie.hpp"

#include <algorithm>

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

/// Whom a browser gives a cookie to. Texts are safe in a header.
struct Reach {
    std::string path = "/";
    std::string domain = {};  ///< empty: this very host alone
};

void set_session_cookie(Response& response, const Request& request, std::string_view value, std::int64_t max_age_s,
                        const Reach& reach = {}) {
    std::string cookie(session_cookie_name(request));
    cookie.append("=").append(value).append("; Path=").append(reach.path);
    if (!reach.domain.empty()) cookie.append("; Domain=").append(reach.domain);
    cookie.append("; Max-Age=").append(std::to_string(max_age_s));
    if (request.is_secure) cookie += "; Secure";
    cookie += "; HttpOnly; SameSite=Strict";
    response.headers.add("Set-Cookie", cookie);
}

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_'; });
}

/// The root, and each path down to the request's own: what a cookie that came with it may be set for.
std::vector<std::string> paths_above(const Request& request) {
    constexpr std::size_t most = 8;
    std::vector<std::string> out{"/"};
    const std::string_view path = request.path;
    for (std::size_t begin = 1; begin < path.size() && out.size() < most;) {
        const auto end = std::min(path.find('/', begin), path.size());
        if (!is_plain(path.substr(begin, end - begin))) break;
        out.emplace_back(path.substr(0, end));
        begin = end + 1;
    }
    return out;
}

/// The host's name without its port; empty for what a cookie cannot name.
std::string domain_of(const Request& request) {
    const auto name = std::string_view(request.host).substr(0, request.host.find(':'));
    const bool is_name = is_plain(name) && std::any_of(name.begin(), name.end(), is_alpha);
    return is_name ? std::string(name) : std::string();
}

/// All that this host can end: a browser does not say which of them it has.
void end_every_session_cookie(Response& response, const Request& request) {
    if (request.is_secure) return set_session_cookie(response, request, "", 0);  // it has one reach only
    const std::string domain = domain_of(request);
    for (const auto& path : paths_above(request)) {
        set_session_cookie(response, request, "", 0, {path});
        if (!domain.empty()) set_session_cookie(response, request, "", 0, {path, domain});
    }
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

std::vector<std::string> session_tokens_of(const Request& request) {
    std::vector<std::string> out;
    for_each_cookie(request.headers, session_cookie_name(request), [&](std::string_view value) {
        if (!value.empty() && is_token_text(value)) out.emplace_back(value);
    });
    return out;
}

void give_session_cookie(Response& response, const Request& request, const auth::IssuedToken& token) {
    if (!session_cookie_of(request)) end_every_session_cookie(response, request);
    set_session_cookie(response, request, token.text, token.expires_in.count());
}

void end_session_cookie(Response& response, const Request& request) {
    const auto session = session_cookie_of(request);
    if (!session) return end_every_session_cookie(response, request);
    if (*session) set_session_cookie(response, request, "", 0);
}

}  // namespace treasurer::http
