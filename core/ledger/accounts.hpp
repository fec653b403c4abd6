/// The chart of accounts. Names are "class:purpose:qualifier"; an account holds any number of assets, each on its own.
#pragma once

#include <string>
#include <string_view>

namespace treasurer::ledger {

/// Money we hold at a rail. The only class of account whose available funds are guarded.
inline std::string treasury_account(std::string_view rail) {
    return "assets:treasury:" + std::string(rail);
}
/// What a vendor was paid.
inline std::string vendor_account(std::string_view vendor_id) {
    return "expenses:vendor:" + std::string(vendor_id);
}
/// Where money that came in at a rail is recorded as coming from, opening balances included.
inline std::string receipts_account(std::string_view rail) {
    return "equity:receipts:" + std::string(rail);
}

/// What a rail took for its services.
inline std::string fees_account(std::string_view rail) {
    return "expenses:fees:" + std::string(rail);
}

/// Where money goes that left a rail and that two persons have booked without knowing whom it went to.
inline std::string suspense_account(std::string_view rail) {
    return "expenses:suspense:" + std::string(rail);
}

/// True for accounts that must never owe: reserving from them needs available funds.
inline bool is_funded(std::string_view account) {
    return account.starts_with("assets:");
}

}  // namespace treasurer::ledger
