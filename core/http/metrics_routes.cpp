#include "http/metrics_routes.hpp"

#include "http/conditional.hpp"
#include "http/media_type.hpp"

namespace treasurer::http {
namespace {

Response read_metrics(const RequestContext& context, const observe::Metrics& metrics, const observe::Kpis& kpis) {
    const std::string accept = list_field(context.request.headers, "Accept");
    const auto type = choose(accept.empty() ? std::nullopt : std::optional<std::string_view>(accept),
                             {"text/plain", "application/json"});
    auto response = type == "application/json" ? Response::json(200, kpis.json()) : Response::empty(200);
    response.headers.add("Vary", "Accept");
    response.headers.add("Cache-Control", "no-store");  // of this very moment
    if (type == "application/json") return response;
    response.body = metrics.prometheus();
    response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    return response;
}

}  // namespace

void add_metrics_routes(Router& router, const observe::Metrics& metrics, observe::Kpis& kpis, Access access) {
    router.add(
        {.method = "GET",
         .pattern = "/metrics",
         .name = "metrics",
         .access = access,
         .handler = SyncHandler([&](const RequestContext& context) { return read_metrics(context, metrics, kpis); }),
         .is_rate_limited = false,
         .produces = {"text/plain", "application/json"},
         .parameters = std::vector<std::string>{}});
    router.add({.method = "POST",
                .pattern = "/metrics/reset",
                .name = "metrics.reset",
                .access = Access::needs(auth::Permission::reset_metrics),
                .handler = SyncHandler([&](const RequestContext&) {
                    kpis.reset();
                    return Response::json(200, std::string(R"({"status":"reset"})"));
                }),
                .consumes = {"application/json"},
                .produces = {"application/json"}});
}

}  // namespace treasurer::http
