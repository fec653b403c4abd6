// GET /api/v1/audit: who did what to what.
#include "http/routes/api_services.hpp"
#include "http/routes/record_routes.hpp"
#include "http/routes/representations.hpp"
#include "records/journal.hpp"

namespace treasurer::http {
namespace {

const auto show_entry = [](const AuditEntry& one) { return shown(one); };

}  // namespace

/// For admins: an entry may hold a whole policy, and tells of everybody.
void add_audit(Router& router, const ApiServices& services) {
    const ListShape listed{.filters = {{"subject", "by_subject", {}}}, .index = "by_time"};
    router.add({.method = "GET",
                .pattern = "/api/v1/audit",
                .name = "audit.list",
                .access = Access::needs(auth::Permission::manage_policy),
                .handler = AsyncHandler([&services, listed](RequestContext context) {
                    return list_records<AuditEntry>(services.store, std::move(context), listed, show_entry);
                }),
                .produces = json_only,
                .parameters = listed.parameters()});
}

}  // namespace treasurer::http
