#include "records/payment.hpp"

#include "records/json_writer.hpp"

#include <array>
#include <stdexcept>

namespace treasurer {
namespace {

constexpr std::array<std::string_view, 11> state_names = {"waiting_approval", "scheduled", "reserved", "prepared",
                                                          "submitted",        "pending",   "unknown",  "settled",
                                                          "failed",           "cancelled", "returned"};

}  // namespace

std::string_view to_string(PaymentState state) {
    return state_names.at(static_cast<std::size_t>(state));
}

std::span<const std::string_view> payment_states() {
    return state_names;
}

PaymentState payment_state_from(std::string_view text) {
    for (std::size_t i = 0; i < state_names.size(); ++i)
        if (state_names[i] == text) return static_cast<PaymentState>(i);
    throw std::invalid_argument("unknown payment state '" + std::string(text) + "'");
}

bool is_final(PaymentState state) {
    return state == PaymentState::settled || state == PaymentState::failed || state == PaymentState::cancelled ||
           state == PaymentState::returned;
}

void Payment::enter(PaymentState next, UnixMillis at_ms) {
    updated_ms = at_ms;
    if (state == next && !history.empty()) return;
    state = next;
    if (history.size() >= most_history) history.erase(history.begin() + most_history / 2);
    history.push_back({next, at_ms});
}

void Payment::note_sent(const Sent& call) {
    if (sent.size() >= most_sent) sent.erase(sent.begin() + 1);
    sent.push_back(call);
}

std::string Payment::to_text() const {
    JsonWriter out(1024);
    out.text("id", id).text("state", to_string(state)).money("amount", amount);
    out.number("created_ms", created_ms).number("updated_ms", updated_ms);
    out.object("creditor", [this](JsonWriter& one) {
        one.text("vendor_id", creditor.vendor_id).text("name", creditor.name);
        one.text("account_id", creditor.account_id).text("address", creditor.address);
    });
    out.text_if("invoice_id", invoice_id).text_if("approval_id", approval_id).text_if("rail", rail);
    out.text_if("source_account", source_account).text_if("payload_hash", payload_hash);
    out.text_if("prepared_blob", prepared_blob).text_if("rail_reference", rail_reference);
    out.text_if("transfer_id", transfer_id);
    if (!hold.asset.empty()) out.money("hold", hold);
    out.text_if("reason", reason).text_if("life", life).flag_if("maybe_sent", maybe_sent);
    out.flag_if("cancel_requested", cancel_requested).flag_if("needs_human", needs_human);
    out.number_if("attempts", attempts).number_if("not_after_ms", not_after_ms).number_if("sendable_ms", sendable_ms);
    out.flag_if("may_arrive", may_arrive);
    out.objects_if("sent", sent, [](JsonWriter& one, const Sent& call) {
        one.number("at_ms", call.at_ms).number("attempt", call.attempt);
    });
    out.objects_if("history", history, [](JsonWriter& one, const StateChange& change) {
        one.text("state", to_string(change.state)).number("at_ms", change.at_ms);
    });
    if (!resolution.empty()) out.json("resolution", dump(votes_json(resolution)));
    return std::move(out).done();
}

Payment Payment::from_json(const Json& json) {
    Payment out;
    out.id = json.at("id");
    out.state = payment_state_from(json.at("state").get<std::string>());
    out.amount = money_from(json.at("amount"));
    out.created_ms = json.at("created_ms");
    out.updated_ms = json.at("updated_ms");
    const auto& creditor = json.at("creditor");
    out.creditor = {text_or(creditor, "vendor_id"), text_or(creditor, "name"), text_or(creditor, "account_id"),
                    text_or(creditor, "address")};
    out.invoice_id = text_or(json, "invoice_id");
    out.approval_id = text_or(json, "approval_id");
    out.rail = text_or(json, "rail");
    out.source_account = text_or(json, "source_account");
    out.payload_hash = text_or(json, "payload_hash");
    out.prepared_blob = text_or(json, "prepared_blob");
    out.rail_reference = text_or(json, "rail_reference");
    out.transfer_id = text_or(json, "transfer_id");
    if (json.contains("hold")) out.hold = money_from(json.at("hold"));
    out.reason = text_or(json, "reason");
    out.life = text_or(json, "life");
    out.maybe_sent = json.value("maybe_sent", false);
    out.cancel_requested = json.value("cancel_requested", false);
    out.needs_human = json.value("needs_human", false);
    out.attempts = json.value("attempts", 0u);
    out.not_after_ms = json.value("not_after_ms", UnixMillis{0});
    out.sendable_ms = json.value("sendable_ms", UnixMillis{0});
    out.may_arrive = json.value("may_arrive", false);
    for (const auto& call : json.value("sent", Json::array()))
        out.sent.push_back({call.at("at_ms"), call.at("attempt")});
    for (const auto& change : json.value("history", Json::array()))
        out.history.push_back({payment_state_from(change.at("state").get<std::string>()), change.at("at_ms")});
    out.resolution = votes_from(json);
    return out;
}

std::vector<atr::IndexEntry> Payment::index() const {
    using atr::Value;
    return {{"by_created", {Value::of(created_ms)}},
            {"by_state", {Value::of(std::string(to_string(state))), Value::of(created_ms)}},
            {"by_invoice", {Value::of(invoice_id)}}};
}

}  // namespace treasurer
