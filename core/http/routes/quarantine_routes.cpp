// /api/v1/quarantine: whether this store may send, and an admin's word that it may.
#include "http/json_body.hpp"
#include "http/routes/api_services.hpp"
#include "http/routes/dry_run.hpp"

namespace treasurer::http {
namespace {

Json json_of(const Quarantine& quarantine) {
    Json out = {{"active", quarantine.active}};
    if (quarantine.since_ms == 0) return out;
    out["since"] = time_text(quarantine.since_ms);
    out["reason"] = quarantine.reason;
    if (quarantine.active) return out;
    out["released_at"] = time_text(quarantine.released_ms);
    out["released_by"] = quarantine.released_by;
    out["release_reason"] = quarantine.release_reason;
    return out;
}

Task<Response> get_quarantine(const ApiServices& services, RequestContext context) {
    Task<atr::Result<Quarantine>> reading = services.quarantine.current();
    const atr::Result<Quarantine> quarantine = co_await reading;
    if (!quarantine) co_return respond(problem_of(quarantine.error()), context);
    co_return json_response(200, json_of(*quarantine));
}

Task<Response> release_quarantine(const ApiServices& services, RequestContext context) {
    const auto body = json_object_of(context.request);
    if (!body) co_return respond(body.problem(), context);
    JsonBody reader(*body);
    reader.only({"reason"});
    const std::string reason = reader.required_text("reason");
    if (!reader.ok()) co_return respond(reader.problem(), context);
    Task<atr::Result<Quarantine>> releasing =
        services.quarantine.release(context.principal.user, reason, context.request_id(), context.once);
    const atr::Result<Quarantine> released = co_await releasing;
    if (!released && released.outcome() == atr::Outcome::conflict)
        co_return respond(Problem{.code = ErrorCode::conflict, .detail = released.error().message}, context);
    if (!released) co_return respond(problem_of(released.error()), context);
    co_return json_response(200, json_of(*released));
}

}  // namespace

void add_quarantine(Router& router, const ApiServices& services, const ApiServices& rehearsed) {
    router.add({.method = "GET",
                .pattern = "/api/v1/quarantine",
                .name = "quarantine.get",
                .access = Access::needs(auth::Permission::read),
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return get_quarantine(services, std::move(context)); }),
                .produces = json_only,
                .parameters = no_parameters});
    router.add({.method = "POST",
                .pattern = "/api/v1/quarantine/release",
                .name = "quarantine.release",
                .access = Access::needs(auth::Permission::manage_policy),
                .handler = with_dry_run(services, rehearsed, release_quarantine),
                .consumes = json_only,
                .produces = json_only,
                .parameters = dry_run_only,
                .retell = [&services](RequestContext context, const std::string& /*the only quarantine*/) {
                    return get_quarantine(services, std::move(context));
                }});
}

}  // namespace treasurer::http
