// GET and POST /api/settings/limit and /api/settings/limits.
#include "http/json_body.hpp"
#include "http/routes/api_services.hpp"
#include "http/routes/dry_run.hpp"
#include "treasury/json_text.hpp"

namespace treasurer::http {
namespace {

using treasury::json_number;

std::string limit_json(const Policy& policy) {
    treasury::JsonObject out;
    out.add("limit", json_number(policy.auto_approval_limit)).add("currency", treasury::json_string(policy.asset));
    return std::move(out).done();
}

std::string limits_json(const Policy& policy) {
    treasury::JsonObject out;
    out.add("auto_approval_limit", json_number(policy.auto_approval_limit))
        .add("critical_runway_months", json_number(policy.critical_runway_months));
    out.add("currency", treasury::json_string(policy.asset)).add("paused", policy.paused ? "true" : "false");
    return std::move(out).done();
}

using Shape = std::string (*)(const Policy&);

Task<Response> get_limits(const ApiServices& services, RequestContext context, Shape shape) {
    Task<atr::Result<Policy>> reading = services.policy.current();
    const atr::Result<Policy> policy = co_await reading;
    if (!policy) co_return respond(problem_of(policy.error()), context);
    co_return Response::json(200, shape(*policy));
}

Task<Response> set_limits(const ApiServices& services, RequestContext context, Shape shape) {
    const auto body = json_object_of(context.request);
    if (!body) co_return respond(body.problem(), context);
    JsonBody reader(*body);
    reader.only({"new_limit", "auto_approval_limit", "critical_runway_months", "currency", "paused"});
    intake::PolicyChange change;
    change.auto_approval_limit = reader.decimal("new_limit");
    if (!change.auto_approval_limit) change.auto_approval_limit = reader.decimal("auto_approval_limit");
    change.critical_runway_months = reader.decimal("critical_runway_months");
    change.paused = reader.boolean("paused");
    if (reader.ok() && !change.auto_approval_limit && !change.critical_runway_months && !change.paused)
        reader.refuse("auto_approval_limit", "give this, new_limit, critical_runway_months or paused");
    if (change.auto_approval_limit && change.auto_approval_limit->is_negative())
        reader.refuse("new_limit", "is negative");
    if (change.critical_runway_months && change.critical_runway_months->is_negative())
        reader.refuse("critical_runway_months", "is negative");
    if (!reader.ok()) co_return respond(reader.problem(), context);
    Task<atr::Result<Policy>> changing =
        services.policy.change(change, context.principal.user, context.request_id(), context.once);
    const atr::Result<Policy> policy = co_await changing;
    if (!policy) co_return respond(problem_of(policy.error()), context);
    co_return Response::json(200, shape(*policy));
}

}  // namespace

void add_limits(Router& router, const ApiServices& services, const ApiServices& rehearsed) {
    const auto add = [&](const char* pattern, const char* name, Shape shape) {
        router.add({.method = "GET",
                    .pattern = pattern,
                    .name = std::string(name) + ".get",
                    .access = Access::needs(auth::Permission::read),
                    .handler = AsyncHandler([&services, shape](RequestContext context) {
                        return get_limits(services, std::move(context), shape);
                    }),
                    .produces = json_only,
                    .parameters = no_parameters});
        router.add({.method = "POST",
                    .pattern = pattern,
                    .name = std::string(name) + ".set",
                    .access = Access::needs(auth::Permission::manage_policy),
                    .handler = with_dry_run(services, rehearsed,
                                            [shape](const ApiServices& with, RequestContext context) {
                                                return set_limits(with, std::move(context), shape);
                                            }),
                    .consumes = json_only,
                    .produces = json_only,
                    .parameters = dry_run_only,
                    .retell = [&services, shape](RequestContext context, const std::string& /*the only policy*/) {
                        return get_limits(services, std::move(context), shape);
                    }});
    };
    add("/api/settings/limit", "settings.limit", limit_json);
    add("/api/settings/limits", "settings.limits", limits_json);
}

}  // namespace treasurer::http
