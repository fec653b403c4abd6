#include "http/routes/submit_answer.hpp"

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

}  // namespace

void count(observe::Kpis& kpis, const SubmitResult& result) {
    switch (result.kind) {
        case SubmitKind::paid:
            kpis.invoice_processed();
            kpis.transaction_approved(result.payment.amount);
            return;
        case SubmitKind::rejected:
        case SubmitKind::duplicate:
        case SubmitKind::failed:
            kpis.invoice_processed();
            kpis.transaction_rejected();
            return;
        case SubmitKind::processing:
        case SubmitKind::waiting_approval:
            kpis.invoice_processed();
            return;
        case SubmitKind::unreadable:
        case SubmitKind::unavailable:
            return;
    }
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
                                 .detail = "It is not paid again: " + result.reason +
                                           (result.duplicate_approval_id.empty() ? "." : ", and waits for approval.")},
                                context,
                                {{"invoice_id", result.duplicate_of},
                                 {"payment_id", or_null(result.duplicate_payment_id)},
                                 {"approval_id", or_null(result.duplicate_approval_id)}});
        case SubmitKind::rejected:
            return problem_with(
                {.code = ErrorCode::policy_rejected, .detail = "Policy refuses it: " + result.reason + "."}, context,
                {{"invoice_id", result.invoice.id},
                 {"reason", result.reason},
                 {"agent_thought", result.invoice.thought}});
        case SubmitKind::failed:
            return problem_with(
                {.code = ErrorCode::payment_failed, .detail = "The payment rail refused it; nothing was paid."},
                context,
                {{"invoice_id", result.invoice.id}, {"payment_id", result.payment.id}, {"reason", result.reason}});
        case SubmitKind::unreadable: {
            Problem problem{.code = unreadable_code(result.error_code),
                            .detail = "The invoice cannot be read: " + result.reason + "."};
            for (const auto& found : result.problems)
                problem.errors.push_back({found.pointer.empty() ? document_pointer : found.pointer, found.detail});
            return respond(problem, context);
        }
        case SubmitKind::unavailable:
            break;
    }
    return respond(not_now(result.perhaps_stored), context);
}

void point_to_payment(Response& response, const SubmitResult& result, const Preference& preference) {
    response.headers.add("Location", "/api/v1/payments/" + result.payment.id);
    if (!preference.applied.empty()) response.headers.add("Preference-Applied", preference.applied);
}

}  // namespace treasurer::http
