// /api/v1/unknowns: the payments whose outcome only people can tell, as a queue to work off; and the word of two
// persons that ends one, POST /api/v1/payments/{id}/resolve.
#include "http/json_body.hpp"
#include "http/routes/api_services.hpp"
#include "http/routes/dry_run.hpp"
#include "http/routes/record_routes.hpp"
#include "http/routes/representations.hpp"

#include <algorithm>

namespace treasurer::http {
namespace {

using payments::ResolveKind;
using payments::ResolveResult;

/// Since when it may have reached the rail without our knowing: a host that ends while it sends writes nothing down. 0:
/// never.
UnixMillis sendable_since(const Payment& payment) {
    const auto first = std::find_if(payment.history.begin(), payment.history.end(),
                                    [](const auto& change) { return change.state == PaymentState::prepared; });
    return first == payment.history.end() ? 0 : first->at_ms;
}

Json time_or_null(UnixMillis at_ms) {
    return at_ms == 0 ? Json(nullptr) : Json(time_text(at_ms));
}

/// Every call of the rail's submit that was written down.
Json shown_calls(const Payment& payment) {
    Json out = Json::array();
    for (const auto& call : payment.sent) out.push_back({{"at", time_text(call.at_ms)}, {"attempt", call.attempt}});
    return out;
}

Json shown_case(const Payment& payment, const std::string& life, const ApiServices& services) {
    const UnixMillis now = services.clock.unix_ms();
    const UnixMillis since = payment.history.empty() ? payment.updated_ms : payment.history.back().at_ms;
    Json choices = Json::array();
    for (const auto& choice : services.resolver.choices(payment, life))
        choices.push_back({{"outcome", choice.outcome}, {"effect", choice.effect}});
    return {{"payment", shown(payment)},
            {"held", money_json(payment.held())},
            {"sent_at", time_or_null(payment.sent.empty() ? 0 : payment.sent.front().at_ms)},
            {"times_sent", payment.sent.empty() ? 0 : payment.sent.back().attempt},
            {"sent", shown_calls(payment)},
            {"sendable_since", time_or_null(sendable_since(payment))},
            {"unknown_since", time_text(since)},
            {"age_s", (now - since) / 1000},
            {"looked_up", payment.attempts},
            {"choices", std::move(choices)}};
}

Task<Response> list_unknowns(const ApiServices& services, RequestContext context) {
    const auto page = page_of(context);
    if (!page) co_return respond(page.problem(), context);
    atr::Query query;  // the oldest first: it is a queue
    query.index = "by_state";
    query.eq = {atr::Value::of(std::string(to_string(PaymentState::unknown)))};
    query.limit = page->limit;
    query.cursor = page->cursor;
    Task<atr::Result<Listing<Payment>>> listing = services.store.list<Payment>(std::move(query));
    const atr::Result<Listing<Payment>> found = co_await listing;
    if (!found) co_return list_failed(context, found.error());
    Task<atr::Result<std::string>> reading = services.resolver.life();
    const atr::Result<std::string> life = co_await reading;
    if (!life) co_return respond(problem_of(life.error()), context);
    Json items = Json::array();
    for (const auto& payment : found->items) items.push_back(shown_case(payment, *life, services));
    co_return list_response(context, std::move(items), found->next_cursor);
}

Task<Response> get_unknown(const ApiServices& services, RequestContext context) {
    Task<atr::Result<std::optional<Payment>>> finding =
        services.store.find<Payment>(std::string(context.path_parameter("id")));
    const atr::Result<std::optional<Payment>> found = co_await finding;
    if (!found) co_return respond(problem_of(found.error()), context);
    if (!*found || (*found)->state != PaymentState::unknown)
        co_return respond(Problem{.code = ErrorCode::not_found, .detail = "No payment of this id is unknown."},
                          context);
    Task<atr::Result<std::string>> reading = services.resolver.life();
    const atr::Result<std::string> life = co_await reading;
    if (!life) co_return respond(problem_of(life.error()), context);
    Json body = shown_case(**found, *life, services);
    Task<atr::Result<atr::RailStatus>> looking = services.resolver.look(**found);
    const atr::Result<atr::RailStatus> says = co_await looking;
    if (says)
        body["rail_says"] = {
            {"state", says->state == atr::RailState::never_received ? "never_received"
                                                                    : to_string(payments::state_of(says->state))},
            {"final", says->is_final},
            {"reference", says->rail_reference},
            {"as_of", time_text(says->as_of_unix_ms)}};
    else
        body["rail_says"] = {{"error", atr::to_string(says.error().outcome)},
                             {"as_of", time_text(services.clock.unix_ms())}};
    co_return json_response(200, body);
}

Response resolve_answer(const ResolveResult& result, const RequestContext& context) {
    const auto refuse = [&](ErrorCode code, std::string detail) {
        return respond(Problem{.code = code, .detail = std::move(detail)}, context);
    };
    switch (result.kind) {
        case ResolveKind::proposed:
            return json_response(202, shown(result.payment));
        case ResolveKind::resolved:
            return json_response(200, shown(result.payment));
        case ResolveKind::not_found:
            return refuse(ErrorCode::not_found, "No payment has this id.");
        case ResolveKind::already_final:
            return refuse(ErrorCode::already_decided,
                          "It is already " + std::string(to_string(result.payment.state)) + ".");
        case ResolveKind::not_entitled:
            return refuse(ErrorCode::forbidden, "You may resolve no payments any more.");
        case ResolveKind::not_open_to_it:
            return refuse(ErrorCode::conflict, "It cannot be resolved so: " + result.reason + ".");
        case ResolveKind::unavailable:
            break;
    }
    if (!result.error.message.empty()) return respond(problem_of(result.error), context);
    return respond(
        Problem{.code = ErrorCode::unavailable, .detail = "The payment keeps changing; try again.", .retry_after_s = 1},
        context);
}

Task<Response> resolve(const ApiServices& services, RequestContext context) {
    const auto body = json_object_of(context.request);
    if (!body) co_return respond(body.problem(), context);
    JsonBody reader(*body);
    reader.only({"outcome", "reference", "reason"});
    payments::ResolveRequest request;
    request.payment_id = std::string(context.path_parameter("id"));
    request.outcome = reader.required_text("outcome", 32);
    request.reference = reader.text("reference", 256).value_or("");
    request.reason = reader.text("reason", 1000).value_or("");
    const bool is_known = request.outcome == payments::resolution::paid ||
                          request.outcome == payments::resolution::not_paid ||
                          request.outcome == payments::resolution::paid_elsewhere;
    if (reader.ok() && !is_known) reader.refuse("outcome", "is none of paid, not_paid, paid_elsewhere");
    if (reader.ok() && request.reference.empty() && request.outcome != payments::resolution::not_paid)
        reader.refuse("reference", "is needed: where the payment can be looked up");
    if (!reader.ok()) co_return respond(reader.problem(), context);
    request.by = context.principal.user;
    request.request_id = context.request_id();
    request.once = context.once;
    Task<ResolveResult> resolving = services.resolver.resolve(request);
    ResolveResult result = co_await resolving;
    const bool is_of_the_past =
        result.kind == ResolveKind::already_final && request.outcome == payments::resolution::paid_elsewhere;
    if (is_of_the_past) {
        Task<ResolveResult> recording = services.elsewhere.record(std::move(request));
        result = co_await recording;
    }
    co_return resolve_answer(result, context);
}

Task<Response> retell_resolve(const ApiServices& services, RequestContext context, std::string payment_id) {
    Task<atr::Result<std::optional<Payment>>> finding = services.store.find<Payment>(std::move(payment_id));
    const atr::Result<std::optional<Payment>> found = co_await finding;
    if (!found) co_return respond(problem_of(found.error()), context);
    if (!*found) co_return respond(Problem{.code = ErrorCode::not_found, .detail = "No payment has this id."}, context);
    bool is_done = is_final((*found)->state);
    if (is_done && (*found)->state != PaymentState::settled) {  // of its invoice only one may have said so
        Task<atr::Result<std::optional<Invoice>>> reading = services.store.find<Invoice>((*found)->invoice_id);
        const atr::Result<std::optional<Invoice>> invoice = co_await reading;
        if (!invoice) co_return respond(problem_of(invoice.error()), context);
        is_done = !*invoice || (*invoice)->resolution.empty() || (*invoice)->status == InvoiceStatus::paid_elsewhere;
    }
    co_return json_response(is_done ? 200 : 202, shown(**found));
}

}  // namespace

void add_unknowns(Router& router, const ApiServices& services, const ApiServices& rehearsed) {
    const ListShape queue{.index = "by_state", .is_by_time = false};
    const auto read = Access::needs(auth::Permission::read),
               operate = Access::needs(auth::Permission::operate_payments);
    router.add({.method = "GET",
                .pattern = "/api/v1/unknowns",
                .name = "unknowns.list",
                .access = read,
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return list_unknowns(services, std::move(context)); }),
                .produces = json_only,
                .parameters = queue.parameters()});
    router.add({.method = "GET",
                .pattern = "/api/v1/unknowns/{id}",
                .name = "unknowns.get",
                .access = read,
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return get_unknown(services, std::move(context)); }),
                .produces = json_only,
                .parameters = no_parameters});
    router.add({.method = "POST",
                .pattern = "/api/v1/payments/{id}/resolve",
                .name = "payments.resolve",
                .access = operate,
                .handler = with_dry_run(services, rehearsed, resolve),
                .consumes = json_only,
                .produces = json_only,
                .parameters = dry_run_only,
                .retell = [&services](RequestContext context, std::string subject) {
                    return retell_resolve(services, std::move(context), std::move(subject));
                }});
}

}  // namespace treasurer::http
