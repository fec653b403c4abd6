#include "treasury/rollups.hpp"

#include <algorithm>

#include "records/schema.hpp"
#include "runtime/utc_time.hpp"

namespace treasurer::treasury {
namespace {

constexpr const char* rollup_label = "rollup";
constexpr std::string_view settled_prefix = "settled|", payments_prefix = "payments|", invoices_prefix = "invoices|";

std::string joined(std::string_view prefix, std::string_view name) {
    return std::string(prefix) += name;
}

void count(UnitOfWork& unit, std::string key, atr::Int128 by) {
    unit.add(rollups_collection, std::move(key), by, false, rollup_label);
}

}  // namespace

std::string spent_key(std::string_view asset, UnixMillis at_ms) {
    return joined(joined("spent|", asset) + '|', utc_day(at_ms));
}

void note_settled(UnitOfWork& unit, const atr::Money& money, atr::Int128 units, UnixMillis at_ms) {
    count(unit, spent_key(money.asset, at_ms), units);
    count(unit, joined(settled_prefix, money.asset), units);
    count(unit, payments_settled_key, 1);
}

void note_fee(UnitOfWork& unit, const atr::Money& money, atr::Int128 units, UnixMillis at_ms) {
    count(unit, spent_key(money.asset, at_ms), units);
}

void note_given_back(UnitOfWork& unit, const atr::Money& money, atr::Int128 units, UnixMillis at_ms) {
    count(unit, spent_key(money.asset, at_ms), -units);
    count(unit, joined(settled_prefix, money.asset), -units);
}

void note_correction(UnitOfWork& unit, const atr::Money& money, atr::Int128 units, UnixMillis at_ms) {
    count(unit, spent_key(money.asset, at_ms), units);
}

void note_failed(UnitOfWork& unit) {
    count(unit, joined(payments_prefix, "failed"), 1);
}

void note_invoice(UnitOfWork& unit, std::string_view outcome) {
    const bool known = std::find(invoice_outcomes.begin(), invoice_outcomes.end(), outcome) != invoice_outcomes.end();
    count(unit, joined(invoices_prefix, known ? outcome : "other"), 1);
}

atr::Int128 Totals::invoices_judged() const {
    atr::Int128 sum = 0;
    for (const auto& [outcome, number] : invoices) sum += number;
    return sum;
}

Task<atr::Result<Totals>> read_totals(Store& store) {
    std::vector<std::string> keys = {payments_settled_key, joined(payments_prefix, "failed"),
                                     joined(invoices_prefix, "other")};
    for (const auto outcome : invoice_outcomes) keys.push_back(joined(invoices_prefix, outcome));
    Task<atr::Result<std::map<std::string, atr::Int128>>> reading = store.counters(rollups_collection, std::move(keys));
    atr::Result<std::map<std::string, atr::Int128>> counts = co_await reading;
    if (!counts) co_return counts.error();
    std::string prefix(settled_prefix);
    Task<atr::Result<std::map<std::string, atr::Int128>>> summing =
        store.counters_with_prefix(rollups_collection, std::move(prefix));
    atr::Result<std::map<std::string, atr::Int128>> sums = co_await summing;
    if (!sums) co_return sums.error();
    Totals out;
    for (const auto& [key, number] : *counts)
        if (key.starts_with(invoices_prefix)) out.invoices[key.substr(invoices_prefix.size())] = number;
    out.payments_settled = (*counts)[payments_settled_key];
    out.payments_failed = (*counts)[joined(payments_prefix, "failed")];
    for (const auto& [key, units] : *sums) out.settled[key.substr(settled_prefix.size())] = units;
    co_return out;
}

}  // namespace treasurer::treasury
