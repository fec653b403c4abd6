#include "http/cors.hpp"

#include <algorithm>

#include "http/answer.hpp"

namespace treasurer::http {
namespace {

constexpr const char* request_fields =
    "Authorization, X-API-Key, Content-Type, Idempotency-Key, If-Match, If-None-Match, Prefer, X-Request-ID, "
    "traceparent, Last-Event-ID";
constexpr const char* answer_fields =
    "ETag, Link, Location, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-Request-ID, "
    "Idempotency-Replayed, Preference-Applied, Dry-Run, WWW-Authenticate, traceparent";
constexpr const char* preflight_kept_s = "600";

}  // namespace

void add_cors(Response& response, const CorsQuestion& question, const CorsSettings& settings) {
    if (settings.origins.empty()) return;
    add_vary(response, "Origin");
    if (std::find(settings.origins.begin(), settings.origins.end(), question.origin) == settings.origins.end()) return;
    auto& headers = response.headers;
    headers.add("Access-Control-Allow-Origin", question.origin);
    headers.add("Access-Control-Expose-Headers", answer_fields);
    if (question.requested_method.empty() || !headers.contains("Allow")) return;
    const std::string allowed(headers.find("Allow").value_or(""));
    headers.add("Access-Control-Allow-Methods", allowed);
    headers.add("Access-Control-Allow-Headers", request_fields);
    headers.add("Access-Control-Max-Age", preflight_kept_s);
}

}  // namespace treasurer::http
