#include "http/credentials.hpp"

#include "http/characters.hpp"

namespace treasurer::http {
namespace {

std::size_t count_of(const Headers& headers, std::string_view name) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < headers.size(); ++i) out += equal_ignoring_case(headers[i].name, name) ? 1 : 0;
    return out;
}

std::optional<std::string_view> bearer_token(std::string_view authorization) {
    const auto space = authorization.find(' ');
    if (space == std::string_view::npos || !equal_ignoring_case(authorization.substr(0, space), "Bearer"))
        return std::nullopt;
    const auto token = trimmed(authorization.substr(space));
    return token.empty() ? std::nullopt : std::optional(token);
}

}  // namespace

Parsed<std::optional<std::string_view>> credential_of(const Request& request) {
    const auto authorization = request.headers.find("Authorization");
    if (!authorization) return std::optional<std::string_view>();
    if (count_of(request.headers, "Authorization") > 1)
        return Problem{.code = ErrorCode::bad_request, .detail = "Send one Authorization header."};
    return bearer_token(*authorization);
}

}  // namespace treasurer::http
