#include "order.hpp"

#include <algorithm>

namespace rail_simulated {

namespace {

using Json = nlohmann::json;
constexpr std::size_t longest_address = 256, longest_creditor = 64 << 10;

/// The address, or empty.
std::string address_of(const std::string& creditor_json) {
    if (creditor_json.size() > longest_creditor) return {};
    const Json creditor = Json::parse(creditor_json, nullptr, false);
    if (!creditor.is_object()) return {};
    const auto address = creditor.find("address");
    return address != creditor.end() && address->is_string() ? address->get<std::string>() : std::string();
}

}  // namespace

bool is_payment_id(std::string_view text) {
    return text.size() == 32 &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

atr::Result<Order> read_order(const Terms& terms, const atr::RailPayment& payment) {
    if (!is_payment_id(payment.payment_id))
        return atr::rejected(ATR_E_BAD_INPUT, "payment_id is not 32 lower-case hexadecimal digits");
    if (!payment.source_account.empty() && payment.source_account != terms.settings.account)
        return atr::rejected(ATR_E_BAD_INPUT, "the bank keeps no account '" + payment.source_account + "'");
    const Asset* asset = terms.find(payment.money.asset);
    if (!asset) return atr::rejected(ATR_E_BAD_INPUT, "the bank does not hold '" + payment.money.asset + "'");
    const auto units = payment.money.amount.to_units(asset->decimals);
    if (!units || *units <= 0)
        return atr::rejected(ATR_E_AMOUNT_OUT_OF_RANGE, payment.money.to_string() +
                                                            " is not a positive amount of at most " +
                                                            std::to_string(asset->decimals) + " decimals");
    Order out;
    out.creditor_address = address_of(payment.creditor_json);
    if (out.creditor_address.empty() || out.creditor_address.size() > longest_address)
        return atr::rejected(ATR_E_PAYEE_INVALID, "the creditor has no usable address");
    out.payment_id = payment.payment_id;
    out.asset = asset->name;
    out.units = *units;
    out.fee = terms.settings.fee.to_units(asset->decimals).value_or(0);
    out.creditor_json = payment.creditor_json;
    out.execute_not_after_unix_ms = payment.execute_not_after_unix_ms;
    return out;
}

std::string prepared_blob(const Order& order) {
    return Json{
        {"format", 1},          {"payment_id", order.payment_id},    {"units", atr::units_to_string(order.units)},
        {"asset", order.asset}, {"address", order.creditor_address}, {"not_after", order.execute_not_after_unix_ms}}
        .dump();
}

std::string rail_reference(std::string_view payment_id, std::int64_t nth) {
    return "sim-" + std::string(payment_id) + (nth > 1 ? "-" + std::to_string(nth) : "");
}

}  // namespace rail_simulated
