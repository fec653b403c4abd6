#include "records/journal.hpp"

#include "records/json_writer.hpp"

namespace treasurer {

std::string Activity::to_text() const {
    JsonWriter out;
    out.text("id", id).number("at_ms", at_ms).text("event", event).text("status", status);
    if (!amount.asset.empty()) out.money("amount", amount);
    out.text_if("vendor", vendor).text_if("balance", balance).text_if("required", required).text_if("tx_hash", tx_hash);
    out.text_if("reason", reason).text_if("approval_id", approval_id).text_if("thought", thought);
    out.text_if("invoice_id", invoice_id).text_if("payment_id", payment_id);
    return std::move(out).done();
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

std::string AuditEntry::to_text() const {
    JsonWriter out;
    out.text("id", id).number("at_ms", at_ms).text("actor", actor).text("action", action).text("subject", subject);
    out.text_if("detail", detail).text_if("request_id", request_id);
    return std::move(out).done();
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
