// POST /api/v1/reconciliation/breaks/{id}/resolve: the word of two persons on a difference that nothing else explains.
#include "http/json_body.hpp"
#include "http/routes/api_services.hpp"
#include "http/routes/dry_run.hpp"
#include "http/routes/record_routes.hpp"
#include "http/routes/representations.hpp"

namespace treasurer::http {
namespace {

using reconcile::BreakRecord;
using reconcile::BreakResult;
using reconcile::BreakResultKind;

Json shown_record(const BreakRecord& record, UnixMillis now) {
    Json out = reconcile::shown(record.what, now);
    out["state"] = record.state;
    return out;
}

Response answer_of(const BreakResult& result, const ApiServices& services, const RequestContext& context) {
    const auto refuse = [&](ErrorCode code, std::string detail) {
        return respond(Problem{.code = code, .detail = std::move(detail)}, context);
    };
    const UnixMillis now = services.clock.unix_ms();
    switch (result.kind) {
        case BreakResultKind::proposed:
            return json_response(202, shown_record(result.record, now));
        case BreakResultKind::resolved:
            return json_response(200, shown_record(result.record, now));
        case BreakResultKind::not_found:
            return refuse(ErrorCode::not_found, "No break has this id.");
        case BreakResultKind::not_entitled:
            return refuse(ErrorCode::forbidden, "You may decide on no breaks any more.");
        case BreakResultKind::not_open:
            return refuse(ErrorCode::already_decided, "It is " + result.record.state + ".");
        case BreakResultKind::not_open_to_it:
            return refuse(ErrorCode::conflict,
                          "There is no movement to book for it: it can be explained, or what made it mended.");
        case BreakResultKind::unavailable:
            break;
    }
    return respond(problem_of(result.error), context);
}

Task<Response> resolve(const ApiServices& services, RequestContext context, intake::Effect effect) {
    const auto body = json_object_of(context.request);
    if (!body) co_return respond(body.problem(), context);
    JsonBody reader(*body);
    reader.only({"action", "reason"});
    reconcile::BreakRequest request;
    request.break_id = std::string(context.path_parameter("id"));
    request.action = reader.required_text("action", 32);
    request.reason = reader.text("reason", 1000).value_or("");
    const bool is_known = request.action == reconcile::action::book || request.action == reconcile::action::explained;
    if (reader.ok() && !is_known) reader.refuse("action", "is neither book nor explained");
    if (reader.ok() && request.action == reconcile::action::explained && request.reason.empty())
        reader.refuse("reason", "is needed: what explains it");
    if (!reader.ok()) co_return respond(reader.problem(), context);
    request.by = context.principal.user;
    request.request_id = context.request_id();
    request.once = context.once;
    Task<BreakResult> resolving = services.breaks.resolve(std::move(request));
    const BreakResult result = co_await resolving;
    const bool is_new = result.kind == BreakResultKind::resolved && effect == intake::Effect::lasting;
    if (is_new) services.reconciliation.soon();
    co_return answer_of(result, services, context);
}

Task<Response> retell(const ApiServices& services, RequestContext context, std::string break_id) {
    Task<atr::Result<std::optional<BreakRecord>>> finding = services.store.find<BreakRecord>(std::move(break_id));
    const atr::Result<std::optional<BreakRecord>> found = co_await finding;
    if (!found) co_return respond(problem_of(found.error()), context);
    if (!*found) co_return respond(Problem{.code = ErrorCode::not_found, .detail = "No break has this id."}, context);
    const bool is_open = (*found)->state == reconcile::break_state::open;
    co_return json_response(is_open ? 202 : 200, shown_record(**found, services.clock.unix_ms()));
}

}  // namespace

void add_breaks(Router& router, const ApiServices& services, const ApiServices& rehearsed) {
    const auto resolving = [](const ApiServices& with, intake::Effect effect) {
        return AsyncHandler(
            [&with, effect](RequestContext context) { return resolve(with, std::move(context), effect); });
    };
    router.add({.method = "POST",
                .pattern = "/api/v1/reconciliation/breaks/{id}/resolve",
                .name = "breaks.resolve",
                .access = Access::needs(auth::Permission::operate_payments),
                .handler = with_dry_run(resolving(services, intake::Effect::lasting),
                                        resolving(rehearsed, intake::Effect::none)),
                .consumes = json_only,
                .produces = json_only,
                .parameters = dry_run_only,
                .retell = [&services](RequestContext context, std::string subject) {
                    return retell(services, std::move(context), std::move(subject));
                }});
}

}  // namespace treasurer::http
