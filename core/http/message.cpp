#include "http/message.hpp"

#include <boost/beast/http/status.hpp>

namespace treasurer::http {

std::optional<std::string_view> Request::query_value(std::string_view name) const {
    for (const auto& parameter : query) {
        if (parameter.name == name) return parameter.value;
    }
    return std::nullopt;
}

Response Response::json(int status, std::string body) {
    Response response{.status = status, .body = std::move(body)};
    response.headers.add("Content-Type", "application/json");
    return response;
}

Response Response::json(int status, std::shared_ptr<const std::string> body) {
    Response response{.status = status, .shared_body = std::move(body)};
    response.headers.add("Content-Type", "application/json");
    return response;
}

Response Response::text(int status, std::string body) {
    Response response{.status = status, .body = std::move(body)};
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    return response;
}

Response Response::empty(int status) {
    return {.status = status};
}

std::string_view reason_phrase(int status) {
    const auto phrase = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
    return {phrase.data(), phrase.size()};
}

}  // namespace treasurer::http
