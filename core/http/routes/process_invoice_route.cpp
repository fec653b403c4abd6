// POST /api/process-invoice: the original service's endpoint, its clients unchanged.
#include "http/json_body.hpp"
#include "http/routes/api_services.hpp"
#include "http/routes/dry_run.hpp"
#include "http/routes/submit_answer.hpp"
#include "treasury/figures.hpp"
#include "treasury/json_text.hpp"

namespace treasurer::http {
namespace {

using intake::SubmitKind;
using intake::SubmitResult;
using treasury::json_number;
using treasury::json_string;
using treasury::json_string_or_null;

constexpr const char* document_pointer = "/raw_text";

Parsed<intake::Submission> submission_of(const RequestContext& context, const ApiSettings& settings) {
    const auto body = json_object_of(context.request);
    if (!body) return body.problem();
    JsonBody reader(*body);
    intake::Submission out;
    if (const JsonValue* text = body->find("raw_text");
        text && text->string() && text->string()->size() > settings.max_text_bytes)
        return Problem{.code = ErrorCode::body_too_large,
                       .detail = "raw_text has " + std::to_string(text->string()->size()) + " bytes, at most " +
                                 std::to_string(settings.max_text_bytes) + " are read.",
                       .errors = {{"/raw_text", "too long"}}};
    out.bytes = std::make_shared<const std::string>(reader.required_text("raw_text", settings.max_text_bytes));
    out.hints.vendor_wallet = reader.text("vendor_wallet", 256);
    out.hints.invoice_number = reader.text("invoice_id", 256);
    out.hints.currency = reader.text("currency", 64);
    out.hints.due_date = reader.text("due_date", 64);
    if (const auto amount = reader.decimal("amount")) out.hints.amount = amount->to_string();
    if (!reader.ok()) return reader.problem();
    out.submitted_by = context.principal.user;
    out.request_id = context.request_id();
    out.once = context.once;
    out.traceparent = context.traceparent;
    out.wait = preference_of(context, settings).wait;
    return out;
}

/// Funds after this payment, as far as they were known before it.
std::optional<atr::Decimal> balance_after(const SubmitResult& result) {
    const auto before = atr::Decimal::parse(result.balance);
    return before ? before->minus(result.payment.amount.amount) : std::nullopt;
}

std::string approved_json(const SubmitResult& result) {
    const auto balance = balance_after(result);
    const auto burn = atr::Decimal::parse(result.monthly_burn);
    const auto runway = balance && burn ? treasury::runway(*balance, *burn) : std::nullopt;
    treasury::JsonObject out;
    out.add("status", "\"APPROVED\"").add("tx_hash", json_string_or_null(result.payment.rail_reference));
    out.add("vendor", json_string(result.payment.creditor.name))
        .add("amount", json_number(result.payment.amount.amount));
    out.add("currency", json_string(result.payment.amount.asset))
        .add("balance", json_number(balance))
        .add("runway_months", json_number(runway));
    out.add("invoice_id", json_string(result.invoice.id)).add("payment_id", json_string(result.payment.id));
    out.add("agent_thought", json_string(result.invoice.thought));
    return std::move(out).done();
}

std::string waiting_json(const SubmitResult& result) {
    const bool paused = result.kind == SubmitKind::waiting_approval;
    treasury::JsonObject out;
    out.add("status", paused ? "\"PAUSED_FOR_APPROVAL\"" : "\"PROCESSING\"");
    out.add("approval_id", json_string_or_null(paused ? result.invoice.approval_id : std::string()));
    out.add("reason", json_string_or_null(result.reason)).add("vendor", json_string(result.invoice.vendor_name));
    out.add("amount", json_number(result.invoice.amount_due.amount))
        .add("currency", json_string(result.invoice.amount_due.asset));
    out.add("balance", json_number(atr::Decimal::parse(result.balance)));
    out.add("invoice_id", json_string(result.invoice.id)).add("payment_id", json_string(result.payment.id));
    out.add("next", json_string(next_of(result))).add("agent_thought", json_string(result.invoice.thought));
    return std::move(out).done();
}

Response process_answer(const SubmitResult& result, const RequestContext& context, const Preference& preference) {
    if (auto refused = refusal_of(result, context, document_pointer)) return std::move(*refused);
    if (result.kind == SubmitKind::paid) return Response::json(200, approved_json(result));
    Response out = Response::json(202, waiting_json(result));
    point_to_payment(out, result, preference);
    return out;
}

Task<Response> process_invoice(const ApiServices& services, RequestContext context) {
    auto submission = submission_of(context, services.settings);
    if (!submission) co_return respond(submission.problem(), context);
    Task<SubmitResult> submitting = services.invoices.submit(std::move(*submission));
    const SubmitResult result = co_await submitting;
    count(services.kpis, result);
    co_return process_answer(result, context, preference_of(context, services.settings));
}

Task<Response> rehearse_invoice(const ApiServices& rehearsed, RequestContext context) {
    auto submission = submission_of(context, rehearsed.settings);
    if (!submission) co_return respond(submission.problem(), context);
    Task<SubmitResult> submitting = rehearsed.invoices.submit(std::move(*submission));
    const SubmitResult result = co_await submitting;
    co_return rehearsed_answer(result, context, document_pointer);
}

Task<Response> retell_process_invoice(const ApiServices& services, RequestContext context, std::string invoice_id) {
    Task<SubmitResult> looking = services.invoices.standing(std::move(invoice_id));
    const SubmitResult result = co_await looking;
    co_return process_answer(result, context, preference_of(context, services.settings));
}

}  // namespace

void add_process_invoice(Router& router, const ApiServices& services, const ApiServices& rehearsed) {
    router.add({.method = "POST",
                .pattern = "/api/process-invoice",
                .name = "process_invoice",
                .access = Access::needs(auth::Permission::submit_invoices),
                .handler = with_dry_run(
                    [&services](RequestContext context) { return process_invoice(services, std::move(context)); },
                    [&rehearsed](RequestContext context) { return rehearse_invoice(rehearsed, std::move(context)); }),
                .max_body_bytes = services.settings.max_text_bytes * 6 + 4096,  // every byte may be escaped as \u00XX
                .consumes = json_only,
                .produces = json_only,
                .parameters = dry_run_only,
                .retell = [&services](RequestContext context, std::string subject) {
                    return retell_process_invoice(services, std::move(context), std::move(subject));
                }});
}

}  // namespace treasurer::http
