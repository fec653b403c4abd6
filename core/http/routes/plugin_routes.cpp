// GET /api/v1/plugins: what this host has loaded, and how it fares.
#include "http/routes/api_services.hpp"

namespace treasurer::http {
namespace {

/// A task although it never waits: it is compressed, which is not for a transport thread.
Task<Response> get_plugins(const std::function<Json()>& report) {
    co_return json_response(200, report());
}

}  // namespace

void add_plugins(Router& router, std::function<Json()> report) {
    router.add({.method = "GET",
                .pattern = "/api/v1/plugins",
                .name = "plugins.list",
                .access = Access::needs(auth::Permission::read),
                .handler = AsyncHandler([report = std::move(report)](RequestContext) { return get_plugins(report); }),
                .produces = json_only,
                .parameters = no_parameters});
}

}  // namespace treasurer::http
