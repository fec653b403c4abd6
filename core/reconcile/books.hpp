/// Reads the ledger's counters and turns units into amounts.
#pragma once

#include "ledger/assets.hpp"
#include "ledger/balances.hpp"
#include "reconcile/report.hpp"
#include "records/store.hpp"

namespace treasurer::reconcile {

/// Every balance, all of one moment where the store can tell one. `store` outlives the task.
Task<atr::Result<ledger::Balances>> read_balances(Store& store);

/// The sums a rail's treasury account was debited and credited with, by asset.
struct AccountSums {
    std::map<std::string, atr::Decimal> debits, credits;
};
Task<atr::Result<AccountSums>> read_account(Store& store, const ledger::Assets& assets, std::string account);

/// One line an asset; an asset the books do not count is shown in its smallest part.
std::vector<TrialLine> trial_lines(const ledger::Balances& balances, const ledger::Assets& assets);

}  // namespace treasurer::reconcile
