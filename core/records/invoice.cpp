#include "records/invoice.hpp"

#include <array>
#include <stdexcept>

namespace treasurer {
namespace {

constexpr std::array<std::string_view, 8> status_names = {
    "processing", "waiting_approval", "paid", "rejected", "duplicate", "failed", "cancelled", "paid_elsewhere"};

}  // namespace

std::string_view to_string(InvoiceStatus status) {
    return status_names.at(static_cast<std::size_t>(status));
}

std::span<const std::string_view> invoice_statuses() {
    return status_names;
}

InvoiceStatus invoice_status_from(std::string_view text) {
    for (std::size_t i = 0; i < status_names.size(); ++i)
        if (status_names[i] == text) return static_cast<InvoiceStatus>(i);
    throw std::invalid_argument("unknown invoice status '" + std::string(text) + "'");
}

namespace {

Json without_fields(const Invoice& invoice) {
    Json out = {{"id", invoice.id},
                {"status", to_string(invoice.status)},
                {"created_ms", invoice.created_ms},
                {"updated_ms", invoice.updated_ms},
                {"amount_due", money_json(invoice.amount_due)},
                {"outcome", invoice.outcome}};
    set_if(out, "submitted_by", invoice.submitted_by);
    set_if(out, "document_sha256", invoice.document_sha256);
    set_if(out, "media_type", invoice.media_type);
    set_if(out, "document_type", invoice.document_type);
    set_if(out, "vendor_id", invoice.vendor_id);
    set_if(out, "vendor_name", invoice.vendor_name);
    set_if(out, "vendor_tax_id", invoice.vendor_tax_id);
    set_if(out, "invoice_number", invoice.invoice_number);
    set_if(out, "issue_date", invoice.issue_date);
    set_if(out, "due_date", invoice.due_date);
    set_if(out, "policy_hash", invoice.policy_hash);
    set_if(out, "thought", invoice.thought);
    set_if(out, "payment_id", invoice.payment_id);
    set_if(out, "approval_id", invoice.approval_id);
    set_if(out, "duplicate_of", invoice.duplicate_of);
    if (!invoice.resolution.empty()) out["resolution"] = votes_json(invoice.resolution);
    for (const auto& reason : invoice.reasons)
        out["reasons"].push_back({{"rule", reason.rule}, {"result", reason.result}, {"detail", reason.detail}});
    return out;
}

}  // namespace

Json Invoice::to_json() const {
    Json out = without_fields(*this);
    out["fields"] = Json::parse(fields);
    return out;
}

std::string Invoice::to_text() const {
    std::string out = dump(without_fields(*this));
    out.pop_back();
    return out.append(",\"fields\":").append(fields).append("}");
}

Invoice Invoice::from_json(const Json& json) {
    Invoice out;
    out.id = json.at("id");
    out.status = invoice_status_from(json.at("status").get<std::string>());
    out.created_ms = json.at("created_ms");
    out.updated_ms = json.at("updated_ms");
    out.amount_due = money_from(json.at("amount_due"));
    out.outcome = text_or(json, "outcome");
    out.resolution = votes_from(json);
    if (const auto there = json.find("fields"); there != json.end()) out.fields = dump(*there);
    out.submitted_by = text_or(json, "submitted_by");
    out.document_sha256 = text_or(json, "document_sha256");
    out.media_type = text_or(json, "media_type");
    out.document_type = text_or(json, "document_type");
    out.vendor_id = text_or(json, "vendor_id");
    out.vendor_name = text_or(json, "vendor_name");
    out.vendor_tax_id = text_or(json, "vendor_tax_id");
    out.invoice_number = text_or(json, "invoice_number");
    out.issue_date = text_or(json, "issue_date");
    out.due_date = text_or(json, "due_date");
    out.policy_hash = text_or(json, "policy_hash");
    out.thought = text_or(json, "thought");
    out.payment_id = text_or(json, "payment_id");
    out.approval_id = text_or(json, "approval_id");
    out.duplicate_of = text_or(json, "duplicate_of");
    for (const auto& reason : json.value("reasons", Json::array()))
        out.reasons.push_back({text_or(reason, "rule"), text_or(reason, "result"), text_or(reason, "detail")});
    return out;
}

std::vector<atr::IndexEntry> Invoice::index() const {
    using atr::Value;
    return {{"by_created", {Value::of(created_ms)}},
            {"by_status", {Value::of(std::string(to_string(status))), Value::of(created_ms)}},
            {"by_vendor", {Value::of(vendor_id), Value::of(created_ms)}}};
}

}  // namespace treasurer
