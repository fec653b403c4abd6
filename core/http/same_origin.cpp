#include "http/same_origin.hpp"

#include <string>

#include "http/characters.hpp"

namespace treasurer::http {
namespace {

/// "https://pay.example:8443": in lower case, without the port that its scheme means anyway.
std::string origin_text(std::string_view scheme, std::string_view authority) {
    std::string out(scheme);
    out += "://";
    for (const char c : authority) out += to_lower(c);
    const std::string_view default_port = scheme == "https" ? ":443" : ":80";
    if (out.ends_with(default_port)) out.resize(out.size() - default_port.size());
    return out;
}

/// Of an http or https URL, or of an origin. nullopt for what has none that could be ours.
std::optional<std::string> origin_in(std::string_view url) {
    const auto end_of_scheme = url.find("://");
    if (end_of_scheme == std::string_view::npos) return std::nullopt;
    const auto scheme = url.substr(0, end_of_scheme);
    const bool is_tls = equal_ignoring_case(scheme, "https");
    if (!is_tls && !equal_ignoring_case(scheme, "http")) return std::nullopt;
    const auto rest = url.substr(end_of_scheme + 3);
    const auto authority = rest.substr(0, rest.find_first_of("/?#"));
    if (authority.empty()) return std::nullopt;
    return origin_text(is_tls ? "https" : "http", authority);
}

std::size_t count_of_fields(const Headers& headers, std::string_view name) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < headers.size(); ++i) out += equal_ignoring_case(headers[i].name, name) ? 1 : 0;
    return out;
}

bool is_from_own_page(const Request& request) {
    const auto& headers = request.headers;
    for (const char* name : {"Origin", "Sec-Fetch-Site", "Referer"})
        if (count_of_fields(headers, name) > 1) return false;
    const auto origin = headers.find("Origin"), site = headers.find("Sec-Fetch-Site"), page = headers.find("Referer");
    if (site && *site != "same-origin") return false;
    const auto own = origin_text(request.is_secure ? "https" : "http", request.host);
    if (origin && *origin != "null") return origin_in(*origin) == own;
    if (site) return true;
    return !origin && page && origin_in(*page) == own;
}

}  // namespace

std::optional<Problem> cross_site_problem(const Request& request) {
    if (request.headers.find("X-Requested-With").value_or("").empty())
        return Problem{.code = ErrorCode::cross_site,
                       .detail =
                           "What a browser's session changes, signing in included, needs the header "
                           "X-Requested-With, with any value."};
    if (!is_from_own_page(request))
        return Problem{.code = ErrorCode::cross_site,
                       .detail =
                           "What a browser's session changes, signing in included, has to come from a page of this "
                           "host, by its Origin, Sec-Fetch-Site or Referer.",
                       .cause = "the page says it is of '" + std::string(request.headers.find("Origin").value_or("")) +
                                "', and was asked as '" +
                                origin_text(request.is_secure ? "https" : "http", request.host) +
                                "'; behind a proxy: is it in server.trusted_proxies, and does it pass Host on?"};
    return std::nullopt;
}

std::optional<Problem> cross_site_problem(const Request& request, const Credential& credential) {
    if (!credential.is_cookie) return std::nullopt;
    const bool is_safe = request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
    return is_safe ? std::nullopt : cross_site_problem(request);
}

}  // namespace treasurer::http
