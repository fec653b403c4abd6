// /api/v1/approvals: get, list, approve, reject.
#include "http/json_body.hpp"
#include "http/routes/api_services.hpp"
#include "http/routes/cached_answers.hpp"
#include "http/routes/dry_run.hpp"
#include "http/routes/record_routes.hpp"
#include "http/routes/representations.hpp"
#include "http/routes/submit_answer.hpp"

#include <algorithm>
#include <map>

namespace treasurer::http {
namespace {

using intake::ApprovalKind;
using intake::ApprovalResult;

Response answer(const ApprovalResult& result, const RequestContext& context) {
    const auto refuse = [&](ErrorCode code, const std::string& detail) {
        const Json members = result.approval.id.empty() ? Json::object() : Json{{"approval", shown(result.approval)}};
        return problem_with({.code = code, .detail = detail}, context, members);
    };
    switch (result.kind) {
        case ApprovalKind::done: {
            Json body = shown(result.approval, &result.standing.payment);
            body["payment"] = shown(result.standing.payment);
            return json_response(result.approval.status == "pending" ? 202 : 200, body);
        }
        case ApprovalKind::not_found:
            return refuse(ErrorCode::not_found, "No approval has this id.");
        case ApprovalKind::own_submission:
            return refuse(ErrorCode::self_approval,
                          "Who submits an invoice may not decide on it: another user who may approve does.");
        case ApprovalKind::not_entitled:
            return refuse(ErrorCode::forbidden, "You may decide no approvals any more.");
        case ApprovalKind::payload_changed:
            return refuse(ErrorCode::payload_hash_mismatch,
                          "What would be paid is not what the hash says: " + result.reason +
                              ". Look at `approval`, and decide with its payload_hash.");
        case ApprovalKind::not_pending:
            return refuse(ErrorCode::already_decided, "It cannot be decided: " + result.reason + ".");
        case ApprovalKind::expired:
            return refuse(ErrorCode::expired, "The approval has expired; " + result.reason + ".");
        case ApprovalKind::in_doubt:
            return refuse(ErrorCode::conflict, "It cannot be closed: " + result.reason + ".");
        case ApprovalKind::obstacle:
            return refuse(ErrorCode::conflict,
                          "It cannot be paid now: " + result.reason +
                              ". Nothing was decided: approve it once that has changed, or reject it.");
        case ApprovalKind::unavailable:
            break;
    }
    return respond(not_now(result.standing.perhaps_stored), context);
}

Task<Response> decide(const ApiServices& services, RequestContext context, bool approve) {
    const auto body = json_object_of(context.request);
    if (!body) co_return respond(body.problem(), context);
    JsonBody reader(*body);
    reader.only({"payload_hash", "reason"});
    intake::ApprovalRequest request;
    request.approval_id = std::string(context.path_parameter("id"));
    request.by = context.principal.user;
    request.payload_hash = reader.required_text("payload_hash", 128);
    request.reason = reader.text("reason", 1000).value_or("");
    request.request_id = context.request_id();
    request.once = context.once;
    request.traceparent = context.traceparent;
    request.wait = preference_of(context, services.settings).wait;
    if (!reader.ok()) co_return respond(reader.problem(), context);
    Task<ApprovalResult> deciding = approve ? services.approvals.approve(request) : services.approvals.reject(request);
    const ApprovalResult result = co_await deciding;
    if (result.kind == ApprovalKind::done && result.standing.kind == intake::SubmitKind::rejected)
        services.kpis.transaction_rejected();
    co_return answer(result, context);
}

Task<Response> approve(const ApiServices& services, RequestContext context) {
    return decide(services, std::move(context), true);
}

Task<Response> reject(const ApiServices& services, RequestContext context) {
    return decide(services, std::move(context), false);
}

Task<Response> retell_decision(const ApiServices& services, RequestContext context, std::string approval_id) {
    Task<ApprovalResult> looking = services.approvals.standing(std::move(approval_id));
    const ApprovalResult result = co_await looking;
    co_return answer(result, context);
}

using PaymentsById = std::map<std::string, Payment>;

/// What each of them would pay. One read, however many they are.
Task<atr::Result<PaymentsById>> payments_of(const ApiServices& services, std::vector<Approval> approvals) {
    std::vector<atr::Key> keys;
    for (const auto& approval : approvals) keys.push_back({Payment::collection, approval.payment_id});
    PaymentsById out;
    if (keys.empty()) co_return out;
    Task<atr::Result<std::vector<atr::Record>>> reading = services.store.get(std::move(keys));
    const atr::Result<std::vector<atr::Record>> found = co_await reading;
    if (!found) co_return found.error();
    for (const auto& record : *found) {
        atr::Result<Payment> payment = decode<Payment>(record);
        if (!payment) co_return payment.error();
        out.emplace(record.key, std::move(*payment));
    }
    co_return out;
}

/// While it waits, the policy in force says how many must approve, and not that of when it was asked for.
Json shown_with(Approval approval, const PaymentsById& payments, const Policy& policy) {
    const auto payment = payments.find(approval.payment_id);
    const Payment* const known = payment == payments.end() ? nullptr : &payment->second;
    if (approval.status == "pending" && known) approval.required = policy.approvals_for(known->amount);
    return shown(approval, known);
}

Task<Response> list_approvals(const ApiServices& services, const cache::CachedValue& cached, RequestContext context,
                              ListShape shape) {
    auto query = query_of(context, shape);
    if (!query) co_return respond(query.problem(), context);
    Task<atr::Result<Listing<Approval>>> listing = services.store.list<Approval>(std::move(*query), Freshness::may_lag);
    const atr::Result<Listing<Approval>> found = co_await listing;
    if (!found) co_return list_failed(context, found.error());
    Task<atr::Result<PaymentsById>> reading = payments_of(services, found->items);
    const atr::Result<PaymentsById> payments = co_await reading;
    if (!payments) co_return respond(problem_of(payments.error()), context);
    atr::Result<Policy> policy = Policy{};
    const bool some_wait = std::any_of(found->items.begin(), found->items.end(),
                                       [](const Approval& one) { return one.status == "pending"; });
    if (some_wait) {
        Task<atr::Result<Policy>> getting = policy_of(cached);
        policy = co_await getting;
    }
    if (!policy) co_return respond(problem_of(policy.error()), context);
    Json items = Json::array();
    for (const auto& approval : found->items) items.push_back(shown_with(approval, *payments, *policy));
    co_return list_response(context, std::move(items), found->next_cursor);
}

Task<Response> get_approval(const ApiServices& services, const cache::CachedValue& cached, RequestContext context) {
    Task<atr::Result<std::optional<Approval>>> finding =
        services.store.find<Approval>(std::string(context.path_parameter("id")));
    const atr::Result<std::optional<Approval>> found = co_await finding;
    if (!found) co_return respond(problem_of(found.error()), context);
    if (!*found)
        co_return respond(Problem{.code = ErrorCode::not_found, .detail = "No approval has this id."}, context);
    std::vector<Approval> one{**found};
    Task<atr::Result<PaymentsById>> reading = payments_of(services, std::move(one));
    const atr::Result<PaymentsById> payments = co_await reading;
    if (!payments) co_return respond(problem_of(payments.error()), context);
    Task<atr::Result<Policy>> getting = policy_of(cached);
    const atr::Result<Policy> policy = co_await getting;
    if (!policy) co_return respond(problem_of(policy.error()), context);
    co_return json_response(200, shown_with(**found, *payments, *policy));
}

}  // namespace

void add_approvals(Router& router, const ApiServices& services, const ApiServices& rehearsed) {
    const ListShape listed{.filters = {{"status", "by_status", approval_statuses()}}};
    const auto read = Access::needs(auth::Permission::read),
               decides = Access::needs(auth::Permission::decide_approvals);
    const auto policy = std::make_shared<const cache::CachedValue>(cached_policy(services));
    const Retell retold = [&services](RequestContext context, std::string subject) {
        return retell_decision(services, std::move(context), std::move(subject));
    };
    router.add({.method = "GET",
                .pattern = "/api/v1/approvals",
                .name = "approvals.list",
                .access = read,
                .handler = AsyncHandler([&services, policy, listed](RequestContext context) {
                    return list_approvals(services, *policy, std::move(context), listed);
                }),
                .produces = json_only,
                .parameters = listed.parameters()});
    router.add({.method = "GET",
                .pattern = "/api/v1/approvals/{id}",
                .name = "approvals.get",
                .access = read,
                .handler = AsyncHandler([&services, policy](RequestContext context) {
                    return get_approval(services, *policy, std::move(context));
                }),
                .produces = json_only,
                .parameters = no_parameters});
    router.add({.method = "POST",
                .pattern = "/api/v1/approvals/{id}/approve",
                .name = "approvals.approve",
                .access = decides,
                .handler = with_dry_run(services, rehearsed, approve),
                .consumes = json_only,
                .produces = json_only,
                .parameters = dry_run_only,
                .retell = retold});
    router.add({.method = "POST",
                .pattern = "/api/v1/approvals/{id}/reject",
                .name = "approvals.reject",
                .access = decides,
                .handler = with_dry_run(services, rehearsed, reject),
                .consumes = json_only,
                .produces = json_only,
                .parameters = dry_run_only,
                .retell = retold});
}

}  // namespace treasurer::http
