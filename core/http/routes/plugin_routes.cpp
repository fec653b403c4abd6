// GET /api/v1/plugins: what this host has loaded, and how it fares.
#include "http/routes/api_services.hpp"

namespace treasurer::http {

void add_plugins(Router& router, std::function<Json()> report) {
    router.add({.method = "GET",
                .pattern = "/api/v1/plugins",
                .name = "plugins.list",
                .access = Access::needs(auth::Permission::read),
                .handler = SyncHandler(
                    [report = std::move(report)](const RequestContext&) { return json_response(200, report()); })});
}

}  // namespace treasurer::http
