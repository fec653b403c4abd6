// /api/v1/payments: get, list, and the request to cancel.
#include "http/routes/api_services.hpp"
#include "http/routes/dry_run.hpp"
#include "http/routes/record_routes.hpp"
#include "http/routes/representations.hpp"
#include "intake/desk_records.hpp"

namespace treasurer::http {
namespace {

Task<Response> request_cancel(const ApiServices& services, RequestContext context) {
    intake::CancelRequest request;
    request.payment_id = std::string(context.path_parameter("id"));
    request.by = context.principal.user;
    request.request_id = context.request_id();
    request.once = context.once;
    Task<intake::CancelResult> cancelling = services.payments.request_cancel(std::move(request));
    const intake::CancelResult result = co_await cancelling;
    const auto refuse = [&](ErrorCode code, std::string detail) {
        return respond(Problem{.code = code, .detail = std::move(detail)}, context);
    };
    switch (result.kind) {
        case intake::CancelKind::requested:
            co_return json_response(202, shown(result.payment));
        case intake::CancelKind::not_found:
            co_return refuse(ErrorCode::not_found, "No payment has this id.");
        case intake::CancelKind::already_final:
            co_return refuse(ErrorCode::already_decided,
                             "It is already " + std::string(to_string(result.payment.state)) + ".");
        case intake::CancelKind::waiting_approval:
            co_return refuse(ErrorCode::conflict,
                             "It waits for approval: reject approval " + result.payment.approval_id + " instead.");
        case intake::CancelKind::unavailable:
            break;
    }
    if (!result.error.message.empty()) co_return respond(problem_of(result.error), context);
    co_return respond(
        Problem{.code = ErrorCode::unavailable, .detail = "The payment keeps changing; try again.", .retry_after_s = 1},
        context);
}

/// 202: what was asked for is done later, if at all.
Task<Response> retell_cancel(const ApiServices& services, RequestContext context, std::string payment_id) {
    Task<atr::Result<std::optional<Payment>>> finding = services.store.find<Payment>(std::move(payment_id));
    const atr::Result<std::optional<Payment>> found = co_await finding;
    if (!found) co_return respond(problem_of(found.error()), context);
    if (!*found) co_return respond(Problem{.code = ErrorCode::not_found, .detail = "No payment has this id."}, context);
    co_return json_response(202, shown(**found));
}

const auto show_payment = [](const Payment& one) { return shown(one); };

}  // namespace

void add_payments(Router& router, const ApiServices& services, const ApiServices& rehearsed) {
    const ListShape listed{
        .filters = {{"state", "by_state", payment_states()}, {"invoice_id", "by_invoice", {}, false}}};
    const auto read = Access::needs(auth::Permission::read);
    router.add({.method = "GET",
                .pattern = "/api/v1/payments",
                .name = "payments.list",
                .access = read,
                .handler = AsyncHandler([&services, listed](RequestContext context) {
                    return list_records<Payment>(services.store, std::move(context), listed, show_payment);
                }),
                .produces = json_only,
                .parameters = listed.parameters()});
    router.add({.method = "GET",
                .pattern = "/api/v1/payments/{id}",
                .name = "payments.get",
                .access = read,
                .handler = AsyncHandler([&services](RequestContext context) {
                    return get_record<Payment>(services.store, std::move(context), "payment", show_payment);
                }),
                .produces = json_only,
                .parameters = no_parameters});
    router.add({.method = "POST",
                .pattern = "/api/v1/payments/{id}/cancel",
                .name = "payments.cancel",
                .access = Access::needs(auth::Permission::operate_payments),
                .handler = with_dry_run(services, rehearsed, request_cancel),
                .consumes = json_only,
                .produces = json_only,
                .parameters = dry_run_only,
                .retell = [&services](RequestContext context, std::string subject) {
                    return retell_cancel(services, std::move(context), std::move(subject));
                }});
}

}  // namespace treasurer::http
