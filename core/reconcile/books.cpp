#include "reconcile/books.hpp"

#include "records/schema.hpp"

namespace treasurer::reconcile {
namespace {

atr::Decimal amount_of(const ledger::Assets& assets, const std::string& asset, atr::Int128 units) {
    const auto known = assets.amount(asset, units);
    return known ? *known : atr::Decimal::from_units(units, 0).value_or(atr::Decimal{});
}

}  // namespace

Task<atr::Result<ledger::Balances>> read_balances(Store& store) {
    atr::Query query;
    query.collection = balances_collection;
    query.limit = 1000;
    query.flags = ATR_Q_SNAPSHOT;
    ledger::Balances out;
    do {
        Task<atr::Result<atr::Page>> reading = store.query(query);
        atr::Result<atr::Page> page = co_await reading;
        if (!page && page.outcome() == atr::Outcome::unsupported && query.cursor.empty() && query.flags != 0) {
            query.flags = 0;
            Task<atr::Result<atr::Page>> again = store.query(query);
            page = co_await again;
        }
        if (!page) co_return page.error();
        for (const auto& record : page->records) {
            const auto units = atr::units_from_string(record.body);
            if (!units) co_return atr::rejected(ATR_E_CORRUPT, "balance " + record.key + " is not a whole number");
            out[record.key] = *units;
        }
        query.cursor = std::move(page->next_cursor);
    } while (!query.cursor.empty());
    co_return out;
}

Task<atr::Result<AccountSums>> read_account(Store& store, const ledger::Assets& assets, std::string account) {
    using ledger::Figure;
    std::vector<std::string> keys;
    for (const auto& [asset, decimals] : assets.all())
        for (const Figure figure : {Figure::debits, Figure::credits})
            keys.push_back(ledger::balance_key(asset, account, figure));
    AccountSums out;
    if (keys.empty()) co_return out;
    Task<atr::Result<std::map<std::string, atr::Int128>>> reading =
        store.counters(balances_collection, std::move(keys));
    const atr::Result<std::map<std::string, atr::Int128>> units = co_await reading;
    if (!units) co_return units.error();
    for (const auto& [asset, decimals] : assets.all()) {
        out.debits[asset] = amount_of(assets, asset, units->at(ledger::balance_key(asset, account, Figure::debits)));
        out.credits[asset] = amount_of(assets, asset, units->at(ledger::balance_key(asset, account, Figure::credits)));
    }
    co_return out;
}

std::vector<TrialLine> trial_lines(const ledger::Balances& balances, const ledger::Assets& assets) {
    std::vector<TrialLine> out;
    for (const auto& line : ledger::trial_balance(balances))
        out.push_back({line.asset, amount_of(assets, line.asset, line.debits),
                       amount_of(assets, line.asset, line.credits), amount_of(assets, line.asset, line.difference())});
    return out;
}

}  // namespace treasurer::reconcile
