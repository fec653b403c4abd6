// /api/v1/payments: get, list, and the request to cancel.
#include "http/routes/api_services.hpp"
#include "http/routes/record_routes.hpp"
#include "http/routes/representations.hpp"
#include "intake/desk_records.hpp"

namespace treasurer::http {
namespace {

/// A cancel is only ever requested: whoever works on the payment decides what the rail's word still allows.
Task<Response> request_cancel(const ApiServices& services, RequestContext context) {
    for (int tries = 0; tries < 6; ++tries) {
        Task<atr::Result<std::optional<Payment>>> finding =
            services.store.find<Payment>(std::string(context.path_parameter("id")));
        atr::Result<std::optional<Payment>> found = co_await finding;
        if (!found) co_return respond(problem_of(found.error()), context);
        if (!*found)
            co_return respond(Problem{.code = ErrorCode::not_found, .detail = "No payment has this id."}, context);
        Payment payment = std::move(**found);
        if (is_final(payment.state))
            co_return respond(Problem{.code = ErrorCode::already_decided,
                                      .detail = "It is already " + std::string(to_string(payment.state)) + "."},
                              context);
        if (payment.state == PaymentState::waiting_approval)
            co_return respond(
                Problem{.code = ErrorCode::conflict,
                        .detail = "It waits for approval: reject approval " + payment.approval_id + " instead."},
                context);
        if (payment.cancel_requested) co_return json_response(202, shown(payment));
        payment.cancel_requested = true;
        payment.updated_ms = services.clock.unix_ms();
        UnitOfWork unit = services.store.begin();
        unit.update(payment);
        unit.create(intake::audit_line(services.store.ids(), services.clock.unix_ms(), context.principal.user,
                                       "payment.cancel_requested", payment.id, {}, context.request_id()));
        Task<Committed> committing = services.store.commit(std::move(unit));
        const Committed committed = co_await committing;
        if (committed.ok()) co_return json_response(202, shown(payment));
        if (committed.outcome != atr::Outcome::conflict) break;
    }
    co_return respond(
        Problem{.code = ErrorCode::unavailable, .detail = "The payment keeps changing; try again.", .retry_after_s = 1},
        context);
}

const auto show_payment = [](const Payment& one) { return shown(one); };

}  // namespace

void add_payments(Router& router, const ApiServices& services) {
    const auto read = Access::needs(auth::Permission::read);
    router.add({.method = "GET",
                .pattern = "/api/v1/payments",
                .name = "payments.list",
                .access = read,
                .handler = AsyncHandler([&services](RequestContext context) {
                    return list_records<Payment>(
                        services.store, std::move(context),
                        {{"state", "by_state", payment_states()}, {"invoice_id", "by_invoice", {}}}, show_payment);
                })});
    router.add({.method = "GET",
                .pattern = "/api/v1/payments/{id}",
                .name = "payments.get",
                .access = read,
                .handler = AsyncHandler([&services](RequestContext context) {
                    return get_record<Payment>(services.store, std::move(context), "payment", show_payment);
                })});
    router.add({.method = "POST",
                .pattern = "/api/v1/payments/{id}/cancel",
                .name = "payments.cancel",
                .access = Access::needs(auth::Permission::operate_payments),
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return request_cancel(services, std::move(context)); })});
}

}  // namespace treasurer::http
