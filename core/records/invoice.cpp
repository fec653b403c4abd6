#include "records/invoice.hpp"

#include "records/json_writer.hpp"

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

std::string Invoice::to_text() const {
    JsonWriter out(1024 + fields.size());
    out.text("id", id)
        .text("status", to_string(status))
        .number("created_ms", created_ms)
        .number("updated_ms", updated_ms);
    out.money("amount_due", amount_due).text("outcome", outcome).text_if("submitted_by", submitted_by);
    out.text_if("document_sha256", document_sha256).text_if("media_type", media_type);
    out.text_if("document_type", document_type).text_if("vendor_id", vendor_id).text_if("vendor_name", vendor_name);
    out.text_if("vendor_tax_id", vendor_tax_id).text_if("invoice_number", invoice_number);
    out.text_if("issue_date", issue_date).text_if("due_date", due_date).text_if("policy_hash", policy_hash);
    out.text_if("thought", thought).text_if("payment_id", payment_id).text_if("approval_id", approval_id);
    out.text_if("duplicate_of", duplicate_of);
    if (!resolution.empty()) out.json("resolution", dump(votes_json(resolution)));
    out.objects_if("reasons", reasons, [](JsonWriter& one, const Reason& reason) {
        one.text("rule", reason.rule).text("result", reason.result).text("detail", reason.detail);
    });
    out.json("fields", fields);
    return std::move(out).done();
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
