#include "treasury/figures.hpp"

#include <algorithm>

#include "ledger/accounts.hpp"
#include "ledger/balances.hpp"
#include "ledger/transfer.hpp"
#include "records/schema.hpp"
#include "treasury/rollups.hpp"

namespace treasurer::treasury {
namespace {

constexpr UnixMillis day_ms = 86'400'000;
constexpr std::int64_t month_days = 30;

atr::Error out_of_range(const std::string& asset) {
    return atr::rejected(ATR_E_AMOUNT_OUT_OF_RANGE, "a sum of " + asset + " has more than 38 digits");
}

}  // namespace

std::optional<atr::Decimal> runway(const atr::Decimal& available, const atr::Decimal& monthly_burn) {
    if (monthly_burn <= atr::Decimal{}) return std::nullopt;
    if (available <= atr::Decimal{}) return atr::Decimal{};
    const auto months = available.divided_by(monthly_burn, 1);
    const auto needed = months ? months->times(monthly_burn) : std::nullopt;
    if (!needed || *needed <= available) return months;
    return months->minus(*atr::Decimal::from_units(1, 1));
}

Task<atr::Result<TreasuryFigures>> Figures::of(std::string asset, std::string rail) {
    if (!assets_.decimals(asset)) co_return atr::rejected(ATR_E_BAD_INPUT, "the books do not count " + asset);
    TreasuryFigures out;
    out.asset = asset;
    out.rail = rail;
    out.as_of_ms = clock_.unix_ms();

    const std::string account = ledger::treasury_account(rail);
    const std::string debits = ledger::balance_key(asset, account, ledger::Figure::debits),
                      credits = ledger::balance_key(asset, account, ledger::Figure::credits),
                      available = ledger::balance_key(asset, account, ledger::Figure::available);
    std::vector<std::string> keys = {debits, credits, available};
    Task<atr::Result<std::map<std::string, atr::Int128>>> reading =
        store_.counters(balances_collection, std::move(keys));
    atr::Result<std::map<std::string, atr::Int128>> balances = co_await reading;
    if (!balances) co_return balances.error();
    Task<atr::Result<atr::Int128>> summing = spent(asset, out.as_of_ms, 0);
    const atr::Result<atr::Int128> paid = co_await summing;
    if (!paid) co_return paid.error();
    Task<atr::Result<std::int64_t>> counting = days_counted(out.as_of_ms);
    const atr::Result<std::int64_t> days = co_await counting;
    if (!days) co_return days.error();

    const auto booked = assets_.amount(asset, (*balances)[debits] - (*balances)[credits]),
               free = assets_.amount(asset, (*balances)[available]);
    if (!booked || !free) co_return out_of_range(asset);
    const auto held = booked->minus(*free);
    const atr::Result<Burn> burning = burn(asset, {{}, *paid, *days}, 0);
    if (!held || !burning) co_return out_of_range(asset);
    out.booked = *booked;
    out.available = *free;
    out.held = *held;
    out.monthly_burn = std::max(burning->paid, burning->floor);
    out.runway_months = runway(out.available, out.monthly_burn);
    co_return out;
}

Task<atr::Result<BurnBasis>> Figures::burn_basis(std::string asset) {
    const UnixMillis now = clock_.unix_ms();
    Task<atr::Result<atr::Int128>> summing = spent(asset, now, 1);
    const atr::Result<atr::Int128> before = co_await summing;
    if (!before) co_return before.error();
    Task<atr::Result<std::int64_t>> counting = days_counted(now);
    const atr::Result<std::int64_t> days = co_await counting;
    if (!days) co_return days.error();
    co_return BurnBasis{spent_key(asset, now), *before, *days};
}

atr::Result<Burn> Figures::burn(const std::string& asset, const BurnBasis& basis, atr::Int128 spent_today) const {
    constexpr std::int64_t parts = 1'000'000;
    atr::Int128 units = 0;
    if (__builtin_add_overflow(basis.spent_before_today, spent_today, &units)) return out_of_range(asset);
    const std::optional<int> decimals = assets_.decimals(asset);
    const auto sum = assets_.amount(asset, units);
    const auto months = sum ? sum->times(atr::Decimal(month_days)) : std::nullopt;
    const auto paid = months && decimals ? months->divided_by(atr::Decimal(basis.days), *decimals) : std::nullopt;
    const auto rise = atr::Decimal::from_units((month_days * parts + basis.days - 1) / basis.days, 6);
    if (!paid || !rise) return out_of_range(asset);
    const bool floored = settings_.burn_floor_asset.empty() || settings_.burn_floor_asset == asset;
    return Burn{*paid, floored ? settings_.burn_floor : atr::Decimal{}, *rise};
}

Task<atr::Result<atr::Int128>> Figures::spent(std::string asset, UnixMillis now, std::int64_t from_day) {
    std::vector<std::string> keys;
    for (std::int64_t day = from_day; day < settings_.burn_window_days; ++day)
        keys.push_back(spent_key(asset, now - day * day_ms));
    Task<atr::Result<std::map<std::string, atr::Int128>>> reading =
        store_.counters(rollups_collection, std::move(keys));
    const atr::Result<std::map<std::string, atr::Int128>> days = co_await reading;
    if (!days) co_return days.error();
    atr::Int128 sum = 0;
    for (const auto& [key, units] : *days)
        if (__builtin_add_overflow(sum, units, &sum)) co_return out_of_range(asset);
    co_return sum;
}

Task<atr::Result<std::int64_t>> Figures::days_counted(UnixMillis now) {
    atr::Query oldest;
    oldest.index = "by_time";
    oldest.limit = 1;
    Task<atr::Result<Listing<ledger::Transfer>>> reading = store_.list<ledger::Transfer>(std::move(oldest));
    const atr::Result<Listing<ledger::Transfer>> first = co_await reading;
    if (!first) co_return first.error();
    const std::int64_t age = first->items.empty() ? 0 : (now - first->items.front().at_ms) / day_ms + 1;
    co_return std::max(std::min(age, settings_.burn_window_days), month_days);
}

}  // namespace treasurer::treasury
