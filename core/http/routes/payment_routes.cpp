// /api/v1/payments: get, list, and the request to cancel.
#include "http/routes/api_services.hpp"
#include "http/routes/representations.hpp"
#include "intake/desk_records.hpp"

namespace treasurer::http {
namespace {

Task<Response> get_one(const ApiServices& services, RequestContext context) {
    Task<atr::Result<std::optional<Payment>>> finding =
        services.store.find<Payment>(std::string(context.path_parameter("id")));
    const atr::Result<std::optional<Payment>> payment = co_await finding;
    if (!payment) co_return respond(problem_of(payment.error()), context);
    if (!*payment)
        co_return respond(Problem{.code = ErrorCode::not_found, .detail = "No payment has this id."}, context);
    co_return json_response(200, shown(**payment));
}

Task<Response> get_list(const ApiServices& services, RequestContext context) {
    const auto page = page_of(context);
    if (!page) co_return respond(page.problem(), context);
    atr::Query query;
    query.index = "by_created";
    query.descending = true;
    query.limit = page->limit;
    query.cursor = page->cursor;
    if (const auto state = context.request.query_value("state")) {
        query.index = "by_state";
        query.eq.push_back(atr::Value::of(std::string(*state)));
    } else if (const auto invoice = context.request.query_value("invoice_id")) {
        query.index = "by_invoice";
        query.eq.push_back(atr::Value::of(std::string(*invoice)));
    }
    Task<atr::Result<Listing<Payment>>> listing = services.store.list<Payment>(std::move(query));
    const atr::Result<Listing<Payment>> found = co_await listing;
    if (!found) co_return list_failed(context, found.error());
    Json items = Json::array();
    for (const auto& payment : found->items) items.push_back(shown(payment));
    co_return list_response(context, std::move(items), found->next_cursor);
}

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

}  // namespace

void add_payments(Router& router, const ApiServices& services) {
    const auto read = Access::needs(auth::Permission::read);
    router.add({.method = "GET",
                .pattern = "/api/v1/payments",
                .name = "payments.list",
                .access = read,
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return get_list(services, std::move(context)); })});
    router.add({.method = "GET",
                .pattern = "/api/v1/payments/{id}",
                .name = "payments.get",
                .access = read,
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return get_one(services, std::move(context)); })});
    router.add({.method = "POST",
                .pattern = "/api/v1/payments/{id}/cancel",
                .name = "payments.cancel",
                .access = Access::needs(auth::Permission::operate_payments),
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return request_cancel(services, std::move(context)); })});
}

}  // namespace treasurer::http
