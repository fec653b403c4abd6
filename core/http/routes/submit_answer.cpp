#include "http/routes/submit_answer.hpp"

#include "http/routes/representations.hpp"
#include "policy/policy.hpp"

#include <algorithm>

namespace treasurer::http {

using intake::SubmitKind;
using intake::SubmitResult;

namespace {

Json or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

/// A document that was not even looked into has a status of its own.
ErrorCode unreadable_code(std::int32_t error_code) {
    if (error_code == ATR_E_TOO_LARGE) return ErrorCode::body_too_large;
    if (error_code == ATR_E_MEDIA_TYPE) return ErrorCode::unsupported_media_type;
    return ErrorCode::unreadable_document;
}

/// nullptr: the rehearsal came to no outcome.
const char* outcome_of(SubmitKind kind) {
    switch (kind) {
        case SubmitKind::processing:
            return "pay";
        case SubmitKind::waiting_approval:
            return "ask";
        case SubmitKind::rejected:
            return "refuse";
        case SubmitKind::duplicate:
            return "duplicate";
        case SubmitKind::paid:
        case SubmitKind::failed:
        case SubmitKind::unreadable:
        case SubmitKind::unavailable:
            break;
    }
    return nullptr;
}

/// What there is to do about a duplicate.
std::string after_duplicate(const SubmitResult& result) {
    if (result.duplicate_approval_id.empty())
        return ". GET /api/v1/invoices/" + result.duplicate_of + " shows how the first stands.";
    return ", and waits for approval: whoever may approve decides on /api/v1/approvals/" +
           result.duplicate_approval_id + ".";
}

/// What became of a payment that is not to be made any more, and what there is to do.
std::string how_it_failed(const SubmitResult& result) {
    if (result.invoice.status == InvoiceStatus::paid_elsewhere)
        return "It was paid by other means, as two persons have said. There is nothing to do.";
    if (result.payment.state == PaymentState::returned)
        return "It was paid, and the money has come back. Once the reason is mended, submit the document again.";
    if (result.payment.state == PaymentState::cancelled)
        return "Its payment was cancelled; nothing was paid. If it is owed, submit the document again.";
    return "Nothing was paid" + (result.reason.empty() ? std::string() : ": " + result.reason) +
           ". Once that is mended, submit the document again.";
}

std::string why_rejected(const SubmitResult& result) {
    if (!result.invoice.approval_id.empty())
        return "A person was asked, and it was " +
               (result.payment.reason.empty() ? std::string("rejected") : result.payment.reason) +
               ". Nothing is paid; GET /api/v1/approvals/" + result.invoice.approval_id + " shows who decided.";
    return "Policy refuses it: " + result.reason +
           ". Nothing is paid and nobody is asked; if that is wrong, submit a corrected document.";
}

/// What it would take, fees included, and what there is for it.
Json funds_of(const SubmitResult& result) {
    const atr::Money needed = result.payment.amount.asset.empty() ? result.invoice.amount_due : result.payment.held();
    const auto available = atr::Decimal::parse(result.balance);
    if (!available) return {{"needed", money_json(needed)}, {"available", nullptr}, {"sufficient", nullptr}};
    return {{"needed", money_json(needed)},
            {"available", money_json({*available, needed.asset})},
            {"sufficient", needed.amount <= *available}};
}

}  // namespace

void count(observe::Kpis& kpis, const SubmitResult& result) {
    switch (result.kind) {
        case SubmitKind::rejected:
        case SubmitKind::duplicate:
            kpis.invoice_processed();
            kpis.transaction_rejected();
            return;
        case SubmitKind::paid:
        case SubmitKind::failed:
        case SubmitKind::processing:
        case SubmitKind::waiting_approval:
            kpis.invoice_processed();
            return;
        case SubmitKind::unreadable:
        case SubmitKind::unavailable:
            return;
    }
}

std::string next_of(const SubmitResult& result) {
    const auto& reasons = result.invoice.reasons;
    const auto held = std::find_if(reasons.begin(), reasons.end(),
                                   [](const Reason& reason) { return reason.result == policy::hold; });
    if (result.kind == SubmitKind::waiting_approval && held != reasons.end())
        return "Nobody can approve it before this has changed: " + held->detail +
               ". Then somebody else who may approve decides on /api/v1/approvals/" + result.invoice.approval_id + ".";
    if (result.kind == SubmitKind::waiting_approval)
        return "Somebody else who may approve decides: GET /api/v1/approvals/" + result.invoice.approval_id +
               " shows payload_hash; POST it to the same path and /approve or /reject.";
    const std::string& id = result.payment.id;
    if (result.payment.needs_human)
        return "Two persons who may operate payments say what became of it: GET /api/v1/unknowns/" + id +
               " shows what is known, and what each choice would do.";
    if (result.payment.state == PaymentState::scheduled && !result.payment.reason.empty())
        return "It is sent by itself once this has passed: " + result.payment.reason + ". GET /api/v1/payments/" + id +
               " shows how the payment stands.";
    return "Nothing is to be done: GET /api/v1/payments/" + id + " shows how the payment stands.";
}

Problem not_now(bool perhaps_stored) {
    if (perhaps_stored)
        return {.code = ErrorCode::outcome_unknown,
                .detail =
                    "Storage did not say in time whether this was stored. It is safe to send it again: if it was, "
                    "the answer says so.",
                .retry_after_s = 1};
    return {.code = ErrorCode::unavailable,
            .detail = "It cannot be decided just now; nothing was stored, and it is safe to send it again.",
            .retry_after_s = 1};
}

std::optional<Response> refusal_of(const SubmitResult& result, const RequestContext& context,
                                   const std::string& document_pointer) {
    switch (result.kind) {
        case SubmitKind::paid:
        case SubmitKind::processing:
        case SubmitKind::waiting_approval:
            return std::nullopt;
        case SubmitKind::duplicate:
            return problem_with({.code = ErrorCode::duplicate_invoice,
                                 .detail = "It is not paid again: " + result.reason + after_duplicate(result)},
                                context,
                                {{"invoice_id", result.duplicate_of},
                                 {"payment_id", or_null(result.duplicate_payment_id)},
                                 {"approval_id", or_null(result.duplicate_approval_id)}});
        case SubmitKind::rejected:
            return problem_with({.code = ErrorCode::policy_rejected, .detail = why_rejected(result)}, context,
                                {{"invoice_id", result.invoice.id},
                                 {"reason", result.reason},
                                 {"agent_thought", result.invoice.thought}});
        case SubmitKind::failed:
            return problem_with(
                {.code = ErrorCode::payment_failed, .detail = how_it_failed(result)}, context,
                {{"invoice_id", result.invoice.id}, {"payment_id", result.payment.id}, {"reason", result.reason}});
        case SubmitKind::unreadable: {
            Problem problem{.code = unreadable_code(result.error_code),
                            .detail = "The invoice cannot be read: " + result.reason +
                                      ". Nothing was stored; submit a document that can be."};
            for (const auto& found : result.problems)
                problem.errors.push_back({found.pointer.empty() ? document_pointer : found.pointer, found.detail});
            return respond(problem, context);
        }
        case SubmitKind::unavailable:
            break;
    }
    return respond(not_now(result.perhaps_stored), context);
}

Response rehearsed_answer(const SubmitResult& result, const RequestContext& context,
                          const std::string& document_pointer) {
    const char* outcome = outcome_of(result.kind);
    if (!outcome) return *refusal_of(result, context, document_pointer);
    const Json invoice = shown(result.invoice), payment = shown(result.payment);
    const bool pays_somebody = !result.payment.id.empty();
    Json body = {{"dry_run", true},
                 {"outcome", outcome},
                 {"reason", or_null(result.reason)},
                 {"decision", invoice.at("decision")},
                 {"creditor", pays_somebody ? payment.at("creditor") : Json(nullptr)},
                 {"rail", pays_somebody ? payment.at("rail") : Json(nullptr)},
                 {"funds", funds_of(result)},
                 {"duplicate_of", or_null(result.duplicate_of)}};
    for (const char* name : {"vendor", "vendor_id", "invoice_number", "issue_date", "due_date", "amount_due",
                             "document_type", "document_sha256", "media_type", "fields"})
        body[name] = invoice.at(name);
    return json_response(200, body);
}

void point_to_payment(Response& response, const SubmitResult& result, const Preference& preference) {
    response.headers.add("Location", "/api/v1/payments/" + result.payment.id);
    if (!preference.applied.empty()) response.headers.add("Preference-Applied", preference.applied);
}

}  // namespace treasurer::http
