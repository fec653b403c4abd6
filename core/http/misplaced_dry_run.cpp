#include "http/misplaced_dry_run.hpp"

#include <algorithm>

#include "http/json_value.hpp"
#include "http/media_type.hpp"

namespace treasurer::http {
namespace {

constexpr std::string_view wish = "dry_run";

bool takes_it(const Route& route) {
    return route.parameters &&
           std::find(route.parameters->begin(), route.parameters->end(), wish) != route.parameters->end();
}

Problem misplaced(const Route& route, const char* pointer) {
    const bool is_taken = takes_it(route);
    return {.code = ErrorCode::validation_failed,
            .detail = is_taken ? "A dry run is asked for in the query: ?dry_run=true. Nothing was done."
                               : "This cannot be tried without being done. Nothing was done.",
            .errors = {{pointer, is_taken ? "belongs in the query, as dry_run=true" : "is not known here"}}};
}

/// Without a Content-Type JSON is assumed. What takes no body may be sent one of any type.
bool may_be_json(const Route& route, const Request& request) {
    const auto header = request.headers.find("Content-Type");
    if (!header || route.consumes.empty()) return true;
    const auto type = parse_media_type(*header);
    return type && (type->name == "application/json" || type->name.ends_with("+json"));
}

std::optional<Problem> objection_to_body(const Route& route, const Request& request) {
    const bool is_named = request.body.find(wish) != std::string::npos;
    const bool may_be_escaped = request.body.find("\\u") != std::string::npos;
    if ((!is_named && !may_be_escaped) || !may_be_json(route, request)) return std::nullopt;
    const auto body = parse_json(request.body);
    if (body && body->object()) return body->find(wish) ? std::optional(misplaced(route, "/dry_run")) : std::nullopt;
    if (!is_named) return std::nullopt;
    if (route.consumes.empty()) return misplaced(route, "");
    return body ? Problem{.code = ErrorCode::invalid_json, .detail = "The body must be a JSON object."}
                : body.problem();
}

}  // namespace

std::optional<Problem> misplaced_dry_run(const Route& route, const Request& request) {
    if (route.method == "GET") return std::nullopt;
    if (request.headers.find("Dry-Run")) return misplaced(route, "/Dry-Run");
    return objection_to_body(route, request);
}

}  // namespace treasurer::http
