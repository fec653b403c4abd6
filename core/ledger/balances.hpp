/// What a transfer does to balances, and what balances say. Pure rules: no storage, no clock.
///
/// Every account keeps, per asset, what was debited and what was credited; a funded account also keeps what is
/// available, which a reservation lowers and which may not fall below zero.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/transfer.hpp"

namespace treasurer::ledger {

enum class Figure { debits, credits, available };

struct BalanceChange {
    std::string key;  ///< of the COUNTER record
    atr::Int128 units;
    bool guarded = false;  ///< may not fall below zero
};

/// "MNEE|assets:treasury:bank|available"
std::string balance_key(std::string_view asset, std::string_view account, Figure figure);

/// What a key of balance_key() counts.
std::optional<Figure> figure_of(std::string_view key);

struct BalanceName {
    std::string asset, account;
    Figure figure;
};
std::optional<BalanceName> parse_balance_key(std::string_view key);

/// The changes that `transfer` makes. Debits and credits change by the same amount, always.
std::vector<BalanceChange> effects(const Transfer& transfer);

using Balances = std::map<std::string, atr::Int128>;

struct TrialBalanceLine {
    std::string asset;
    atr::Int128 debits = 0;
    atr::Int128 credits = 0;
    atr::Int128 difference() const { return debits - credits; }
};

/// One line an asset, in order of name. The books balance when every difference is zero.
std::vector<TrialBalanceLine> trial_balance(const Balances& balances);

/// What an account holds, or an account and all below it: "assets:treasury" sums "assets:treasury:bank" and its like.
struct AccountLine {
    std::string account, asset;
    bool is_leaf = false;  ///< something is booked on the account itself
    atr::Int128 debits = 0, credits = 0, available = 0;
    atr::Int128 balance() const { return debits - credits; }
};

/// Every account and every account above one, in order of account and asset.
std::vector<AccountLine> account_tree(const Balances& balances);

/// Recomputes balances from transfers alone and names every difference to the counters that were kept.
class Verification {
public:
    /// Transfers in any order, each once.
    void add(const Transfer& transfer);
    /// Empty: the counters are exactly what the transfers say, and every asset balances.
    std::vector<std::string> findings(const Balances& kept) const;
    std::size_t transfers() const { return count_; }

private:
    struct Pending {
        std::optional<Transfer> opened, ended;
    };
    Balances expected_;
    /// By the key of available funds: what left them without asking whether it is there, because it had moved already
    /// (fees, what two persons booked). So far they may stand below zero; reservations never take them there.
    Balances unguarded_;
    std::map<std::string, Pending> pending_;
    std::size_t count_ = 0;
};

}  // namespace treasurer::ledger
