#include "http/problem.hpp"

#include <nlohmann/json.hpp>

namespace treasurer::http {

Response problem_response(int status, std::string_view code, std::string_view detail, std::string_view request_id) {
    nlohmann::ordered_json document;
    document["type"] = "urn:treasurer:problem:" + std::string(code);
    document["title"] = reason_phrase(status);
    document["status"] = status;
    document["detail"] = detail;
    document["code"] = code;
    document["request_id"] = request_id;
    auto response = Response::empty(status);
    response.headers.add("Content-Type", "application/problem+json");
    response.body = document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    return response;
}

}  // namespace treasurer::http
