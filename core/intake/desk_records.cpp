#include "intake/desk_records.hpp"

namespace treasurer::intake {

void put_document(UnitOfWork& unit, const Invoice& invoice, std::string bytes, std::uint64_t expect) {
    unit.put(documents_collection, invoice.document_sha256, std::move(bytes), {}, expect, document_label);
}

void record_decision(Invoice& invoice, const Judgement& known) {
    invoice.outcome = to_string(known.decision.outcome);
    invoice.reasons = known.decision.reasons;
    invoice.thought = known.decision.thought;
    invoice.policy_hash = known.policy_hash;
}

Activity activity_line(Ids& ids, const Invoice& invoice, std::string balance, std::string status, std::string reason) {
    Activity out;
    out.id = ids.next();
    out.at_ms = invoice.updated_ms;
    out.event = "INVOICE";
    out.status = std::move(status);
    out.vendor = invoice.vendor_name;
    out.amount = invoice.amount_due;
    out.balance = std::move(balance);
    out.reason = std::move(reason);
    out.approval_id = invoice.approval_id;
    out.thought = invoice.thought;
    out.invoice_id = invoice.id;
    out.payment_id = invoice.payment_id;
    return out;
}

AuditEntry audit_line(Ids& ids, UnixMillis now, std::string actor, std::string action, std::string subject,
                      std::string detail, std::string request_id) {
    AuditEntry out;
    out.id = ids.next();
    out.at_ms = now;
    out.actor = std::move(actor);
    out.action = std::move(action);
    out.subject = std::move(subject);
    out.detail = std::move(detail);
    out.request_id = std::move(request_id);
    return out;
}

SubmitResult with_payment(SubmitResult known, Payment payment) {
    known.payment = std::move(payment);
    switch (known.payment.state) {
        case PaymentState::settled:
            known.kind = SubmitKind::paid;
            known.invoice.status = InvoiceStatus::paid;
            break;
        case PaymentState::failed:
        case PaymentState::cancelled:
        case PaymentState::returned:
            known.kind = SubmitKind::failed;
            known.reason = known.payment.reason;
            break;
        case PaymentState::waiting_approval:
        case PaymentState::scheduled:
        case PaymentState::reserved:
        case PaymentState::prepared:
        case PaymentState::submitted:
        case PaymentState::pending:
        case PaymentState::unknown:
            known.kind = SubmitKind::processing;
            known.reason = known.payment.reason;
            break;
    }
    return known;
}

Task<SubmitResult> standing_of(Store& store, SubmitResult known) {
    Task<atr::Result<std::optional<Payment>>> finding = store.find<Payment>(known.payment.id);
    atr::Result<std::optional<Payment>> payment = co_await finding;
    if (!payment || !*payment) co_return known;
    co_return with_payment(std::move(known), std::move(**payment));
}

}  // namespace treasurer::intake
