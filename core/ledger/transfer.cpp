#include "ledger/transfer.hpp"

#include "records/json_writer.hpp"

#include "runtime/mutation.hpp"

#include <array>
#include <stdexcept>

namespace treasurer::ledger {
namespace {

constexpr std::array<std::string_view, 4> kind_names = {"pending", "post", "void", "direct"};

TransferKind kind_from(std::string_view text) {
    for (std::size_t i = 0; i < kind_names.size(); ++i)
        if (kind_names[i] == text) return static_cast<TransferKind>(i);
    throw std::invalid_argument("unknown transfer kind '" + std::string(text) + "'");
}

}  // namespace

std::string_view to_string(TransferKind kind) {
    return kind_names.at(static_cast<std::size_t>(kind));
}

std::string ending_id(std::string_view pending_id) {
    return std::string(pending_id) + "/end";
}

Transfer Transfer::ending(TransferKind kind_, UnixMillis now_ms) const {
    Transfer out = *this;
    out.id = ending_id(id);
    out.kind = kind_;
    out.pending_id = id;
    out.at_ms = now_ms;
    out.expires_ms = 0;
    return out;
}

bool may_expire(const Transfer& hold, bool has_prepared_bytes, UnixMillis now_ms) {
    if (hold.kind != TransferKind::pending || hold.expires_ms == 0 || now_ms < hold.expires_ms) return false;
    return !has_prepared_bytes || mutated(Mutation::expire_a_hold_with_a_blob);
}

Transfer Transfer::posting(const atr::Money& charged, atr::Int128 charged_units, UnixMillis now_ms) const {
    Transfer out = posting(now_ms);
    if (charged_units == units) return out;
    out.held_units = units;
    out.units = charged_units;
    out.amount = charged;
    return out;
}

std::string Transfer::to_text() const {
    JsonWriter out;
    out.text("id", id).text("kind", to_string(kind)).text("debit_account", debit_account);
    out.text("credit_account", credit_account).money("amount", amount).text("units", atr::units_to_string(units));
    out.number("at_ms", at_ms).text_if("pending_id", pending_id).text_if("payment_id", payment_id);
    out.text_if("rail_event_id", rail_event_id).text_if("purpose", purpose);
    if (held_units != 0) out.text("held_units", atr::units_to_string(held_units));
    out.number_if("expires_ms", expires_ms);
    return std::move(out).done();
}

Transfer Transfer::from_json(const Json& json) {
    Transfer out;
    out.id = json.at("id");
    out.kind = kind_from(json.at("kind").get<std::string>());
    out.debit_account = json.at("debit_account");
    out.credit_account = json.at("credit_account");
    out.amount = money_from(json.at("amount"));
    out.at_ms = json.at("at_ms");
    const auto units = atr::units_from_string(json.at("units").get<std::string>());
    if (!units) throw std::invalid_argument("malformed units");
    out.units = *units;
    out.pending_id = text_or(json, "pending_id");
    out.payment_id = text_or(json, "payment_id");
    out.rail_event_id = text_or(json, "rail_event_id");
    out.purpose = text_or(json, "purpose");
    if (json.contains("held_units")) {
        const auto held = atr::units_from_string(json.at("held_units").get<std::string>());
        if (!held) throw std::invalid_argument("malformed held_units");
        out.held_units = *held;
    }
    out.expires_ms = json.value("expires_ms", UnixMillis{0});
    return out;
}

std::vector<atr::IndexEntry> Transfer::index() const {
    using atr::Value;
    return {{"by_time", {Value::of(at_ms)}}, {"by_payment", {Value::of(payment_id), Value::of(at_ms)}}};
}

}  // namespace treasurer::ledger
