#include "records/journal.hpp"

namespace treasurer {

Json Activity::to_json() const {
    Json out = {{"id", id}, {"at_ms", at_ms}, {"event", event}, {"status", status}};
    if (!amount.asset.empty()) out["amount"] = money_json(amount);
    set_if(out, "vendor", vendor);
    set_if(out, "balance", balance);
    set_if(out, "required", required);
    set_if(out, "tx_hash", tx_hash);
    set_if(out, "reason", reason);
    set_if(out, "approval_id", approval_id);
    set_if(out, "thought", thought);
    set_if(out, "invoice_id", invoice_id);
    set_if(out, "payment_id", payment_id);
    return out;
}

Activity Activity::from_json(const Json& json) {
    Activity out;
    out.id = json.at("id");
    out.at_ms = json.at("at_ms");
    out.event = json.at("event");
    out.status = json.at("status");
    if (json.contains("amount")) out.amount = money_from(json.at("amount"));
    out.vendor = text_or(json, "vendor");
    out.balance = text_or(json, "balance");
    out.required = text_or(json, "required");
    out.tx_hash = text_or(json, "tx_hash");
    out.reason = text_or(json, "reason");
    out.approval_id = text_or(json, "approval_id");
    out.thought = text_or(json, "thought");
    out.invoice_id = text_or(json, "invoice_id");
    out.payment_id = text_or(json, "payment_id");
    return out;
}

std::vector<atr::IndexEntry> Activity::index() const {
    return {{"by_time", {atr::Value::of(at_ms)}}};
}

Json AuditEntry::to_json() const {
    Json out = {{"id", id}, {"at_ms", at_ms}, {"actor", actor}, {"action", action}, {"subject", subject}};
    set_if(out, "detail", detail);
    set_if(out, "request_id", request_id);
    return out;
}

AuditEntry AuditEntry::from_json(const Json& json) {
    AuditEntry out;
    out.id = json.at("id");
    out.at_ms = json.at("at_ms");
    out.actor = json.at("actor");
    out.action = json.at("action");
    out.subject = json.at("subject");
    out.detail = text_or(json, "detail");
    out.request_id = text_or(json, "request_id");
    return out;
}

std::vector<atr::IndexEntry> AuditEntry::index() const {
    return {{"by_time", {atr::Value::of(at_ms)}}, {"by_subject", {atr::Value::of(subject), atr::Value::of(at_ms)}}};
}

}  // namespace treasurer
