#include "http/routes/representations.hpp"

#include "http/routes/api_services.hpp"

namespace treasurer::http {
namespace {

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json shown_reasons(const std::vector<Reason>& reasons) {
    Json out = Json::array();
    for (const auto& reason : reasons)
        out.push_back({{"rule", reason.rule}, {"result", reason.result}, {"detail", reason.detail}});
    return out;
}

/// Stored confidence is in ten-thousandths; the API shows 0..1.
Json shown_fields(const Json& fields) {
    Json out = fields;
    for (auto& field : out) field["confidence"] = field.value("confidence", 0u) / 10000.0;
    return out;
}

Json shown_creditor(const Payment& payment) {
    return {{"vendor_id", text_or_null(payment.creditor.vendor_id)},
            {"name", payment.creditor.name},
            {"account_id", text_or_null(payment.creditor.account_id)},
            {"address", text_or_null(payment.creditor.address)}};
}

}  // namespace

Json shown(const Invoice& invoice) {
    return {{"id", invoice.id},
            {"status", to_string(invoice.status)},
            {"vendor", text_or_null(invoice.vendor_name)},
            {"vendor_id", text_or_null(invoice.vendor_id)},
            {"invoice_number", text_or_null(invoice.invoice_number)},
            {"issue_date", text_or_null(invoice.issue_date)},
            {"due_date", text_or_null(invoice.due_date)},
            {"amount_due", money_json(invoice.amount_due)},
            {"document_type", text_or_null(invoice.document_type)},
            {"document_sha256", invoice.document_sha256},
            {"media_type", invoice.media_type},
            {"submitted_by", invoice.submitted_by},
            {"created_at", time_text(invoice.created_ms)},
            {"updated_at", time_text(invoice.updated_ms)},
            {"payment_id", text_or_null(invoice.payment_id)},
            {"approval_id", text_or_null(invoice.approval_id)},
            {"duplicate_of", text_or_null(invoice.duplicate_of)},
            {"decision",
             {{"outcome", invoice.outcome},
              {"reasons", shown_reasons(invoice.reasons)},
              {"policy_hash", invoice.policy_hash},
              {"thought", invoice.thought}}},
            {"fields", shown_fields(Json::parse(invoice.fields))}};
}

Json shown(const Payment& payment) {
    Json history = Json::array();
    for (const auto& change : payment.history)
        history.push_back({{"state", to_string(change.state)}, {"at", time_text(change.at_ms)}});
    Json resolution = Json::array();
    for (const auto& vote : payment.resolution)
        resolution.push_back({{"by", vote.by},
                              {"outcome", vote.outcome},
                              {"reference", text_or_null(vote.reference)},
                              {"reason", text_or_null(vote.reason)},
                              {"at", time_text(vote.at_ms)}});
    return {{"id", payment.id},
            {"state", to_string(payment.state)},
            {"invoice_id", payment.invoice_id},
            {"approval_id", text_or_null(payment.approval_id)},
            {"amount", money_json(payment.amount)},
            {"creditor", shown_creditor(payment)},
            {"rail", text_or_null(payment.rail)},
            {"rail_reference", text_or_null(payment.rail_reference)},
            {"end_to_end_id", id_digits(payment.id)},
            {"needs_person", payment.needs_human},
            {"cancel_requested", payment.cancel_requested},
            {"reason", text_or_null(payment.reason)},
            {"created_at", time_text(payment.created_ms)},
            {"updated_at", time_text(payment.updated_ms)},
            {"history", std::move(history)},
            {"resolution", std::move(resolution)}};
}

Json shown(const Approval& approval) {
    Json given = Json::array();
    for (const auto& verdict : approval.given)
        given.push_back({{"by", verdict.by},
                         {"verdict", verdict.verdict},
                         {"reason", verdict.reason},
                         {"at", time_text(verdict.at_ms)}});
    return {{"id", approval.id},
            {"status", approval.status},
            {"invoice_id", approval.invoice_id},
            {"payment_id", approval.payment_id},
            {"payload_hash", approval.payload_hash},
            {"submitted_by", approval.submitted_by},
            {"required", approval.required},
            {"given", std::move(given)},
            {"created_at", time_text(approval.created_ms)},
            {"expires_at", time_text(approval.expires_ms)},
            {"reasons", shown_reasons(approval.reasons)}};
}

Json shown(const Approval& approval, const Payment* payment) {
    Json out = shown(approval);
    out["amount"] = payment ? money_json(payment->amount) : Json(nullptr);
    out["creditor"] = payment ? shown_creditor(*payment) : Json(nullptr);
    return out;
}

Json shown(const Vendor& vendor, UnixMillis now_ms) {
    Json accounts = Json::array();
    for (const auto& account : vendor.accounts)
        accounts.push_back({{"id", account.id},
                            {"rail", account.rail},
                            {"asset", account.asset},
                            {"address", account.address},
                            {"status", account.active_at(now_ms) ? "active" : "cooling_off"},
                            {"active_from", time_text(account.active_from_ms)}});
    return {{"id", vendor.id},
            {"name", vendor.name},
            {"tax_id", text_or_null(vendor.tax_id)},
            {"aliases", vendor.aliases},
            {"accounts", std::move(accounts)},
            {"created_at", time_text(vendor.created_ms)},
            {"updated_at", time_text(vendor.updated_ms)}};
}

Json shown(const AuditEntry& entry) {
    return {{"id", entry.id},
            {"at", time_text(entry.at_ms)},
            {"actor", entry.actor},
            {"action", entry.action},
            {"subject", entry.subject},
            {"detail", text_or_null(entry.detail)},
            {"request_id", text_or_null(entry.request_id)}};
}

Json shown(const ledger::Transfer& transfer) {
    Json out = {{"id", transfer.id},
                {"kind", ledger::to_string(transfer.kind)},
                {"debit_account", transfer.debit_account},
                {"credit_account", transfer.credit_account},
                {"amount", money_json(transfer.amount)},
                {"at", time_text(transfer.at_ms)}};
    set_if(out, "purpose", transfer.purpose);
    set_if(out, "pending_id", transfer.pending_id);
    set_if(out, "payment_id", transfer.payment_id);
    set_if(out, "rail_event_id", transfer.rail_event_id);
    if (transfer.expires_ms != 0) out["expires_at"] = time_text(transfer.expires_ms);
    return out;
}

}  // namespace treasurer::http
