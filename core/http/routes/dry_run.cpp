#include "http/routes/dry_run.hpp"

namespace treasurer::http {
namespace {

Parsed<intake::Effect> effect_of(const RequestContext& context) {
    const auto value = context.request.query_value("dry_run");
    if (!value || *value == "false") return intake::Effect::lasting;
    if (*value == "true") return intake::Effect::none;
    return Problem{.code = ErrorCode::validation_failed,
                   .detail = "dry_run is true or false.",
                   .errors = {{"/dry_run", "is neither true nor false"}}};
}

Task<Response> refused(Problem problem, RequestContext context) {
    co_return respond(problem, context);
}

Task<Response> rehearse(const AsyncHandler& handler, const TakeIds& take_ids, RequestContext context) {
    Task<Response> rehearsing = handler(std::move(context));
    Response out = co_await rehearsing;
    if (out.status >= 300) co_return out;
    if (out.status != 204) out.status = 200;
    for (const char* name : {"Location", "ETag", "Preference-Applied"}) out.headers.remove(name);
    out.headers.add("Dry-Run", "true");
    if (!take_ids) co_return out;
    Json body = Json::parse(out.content());
    take_ids(body);
    out.body = dump(body);
    co_return out;
}

}  // namespace

RehearsedServices::RehearsedServices(const ApiServices& real, intake::Rehearsal& rehearsal)
    : kpis_(unread_, real.clock, real.settings.asset), services_{rehearsal.store,      rehearsal.invoices,
                                                                 rehearsal.approvals,  rehearsal.payments,
                                                                 rehearsal.resolver,   rehearsal.elsewhere,
                                                                 rehearsal.policy,     rehearsal.vendors,
                                                                 real.dashboard,       real.logs,
                                                                 real.cache,           real.history,
                                                                 real.reconciliation,  rehearsal.breaks,
                                                                 rehearsal.quarantine, real.assets,
                                                                 real.clock,           kpis_,
                                                                 real.settings} {}

AsyncHandler with_dry_run(AsyncHandler lasting, AsyncHandler rehearsed, TakeIds take_ids) {
    return [lasting = std::move(lasting), rehearsed = std::move(rehearsed),
            take_ids = std::move(take_ids)](RequestContext context) {
        const auto effect = effect_of(context);
        if (!effect) return refused(effect.problem(), std::move(context));
        return *effect == intake::Effect::lasting ? lasting(std::move(context))
                                                  : rehearse(rehearsed, take_ids, std::move(context));
    };
}

AsyncHandler with_dry_run(const ApiServices& services, const ApiServices& rehearsed, ServiceHandler handler,
                          TakeIds take_ids) {
    const auto with = [&handler](const ApiServices& given) {
        return AsyncHandler([&given, handler](RequestContext context) { return handler(given, std::move(context)); });
    };
    return with_dry_run(with(services), with(rehearsed), std::move(take_ids));
}

}  // namespace treasurer::http
