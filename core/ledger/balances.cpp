#include "ledger/balances.hpp"

#include <array>

#include "ledger/accounts.hpp"
#include "runtime/mutation.hpp"

namespace treasurer::ledger {
namespace {

constexpr std::array<std::string_view, 3> figure_names = {"debits", "credits", "available"};

}  // namespace

std::string balance_key(std::string_view asset, std::string_view account, Figure figure) {
    std::string out(asset);
    out += '|';
    out += account;
    out += '|';
    return out += figure_names.at(static_cast<std::size_t>(figure));
}

std::optional<Figure> figure_of(std::string_view key) {
    const auto last = key.rfind('|');
    const std::string_view name = last == std::string_view::npos ? key : key.substr(last + 1);
    for (std::size_t i = 0; i < figure_names.size(); ++i)
        if (figure_names[i] == name) return static_cast<Figure>(i);
    return std::nullopt;
}

std::optional<BalanceName> parse_balance_key(std::string_view key) {
    const auto first = key.find('|'), last = key.rfind('|');
    const auto figure = figure_of(key);
    if (first == std::string_view::npos || first == last || !figure) return std::nullopt;
    return BalanceName{std::string(key.substr(0, first)), std::string(key.substr(first + 1, last - first - 1)),
                       *figure};
}

std::vector<BalanceChange> effects(const Transfer& transfer) {
    std::vector<BalanceChange> out;
    const auto& asset = transfer.amount.asset;
    const auto change = [&](const std::string& account, Figure figure, atr::Int128 units, bool guarded = false) {
        out.push_back({balance_key(asset, account, figure), units, guarded});
    };
    const bool moves = transfer.kind == TransferKind::post || transfer.kind == TransferKind::direct;
    if (moves) {
        change(transfer.debit_account, Figure::debits, transfer.units);
        change(transfer.credit_account, Figure::credits, transfer.units);
    }
    if (is_funded(transfer.credit_account)) {  // money leaves it: held when pending, given back when voided
        // A fee's hold takes what the payment's has just given back, in one unit: that cannot fail for want of funds.
        const bool guarded = transfer.purpose != purpose::fee && !mutated(Mutation::spend_below_zero);
        if (transfer.kind == TransferKind::pending)
            change(transfer.credit_account, Figure::available, -transfer.units, guarded);
        if (transfer.kind == TransferKind::post && transfer.held_units != 0 &&
            !mutated(Mutation::keep_the_rest_of_a_hold))
            change(transfer.credit_account, Figure::available, transfer.held_units - transfer.units);
        if (transfer.kind == TransferKind::void_pending && !mutated(Mutation::keep_the_hold_of_a_void))
            change(transfer.credit_account, Figure::available, transfer.units);
        if (transfer.kind == TransferKind::direct) change(transfer.credit_account, Figure::available, -transfer.units);
    }
    if (is_funded(transfer.debit_account) && moves) change(transfer.debit_account, Figure::available, transfer.units);
    return out;
}

std::vector<TrialBalanceLine> trial_balance(const Balances& balances) {
    std::map<std::string, TrialBalanceLine> lines;
    for (const auto& [key, units] : balances) {
        const auto name = parse_balance_key(key);
        if (!name || name->figure == Figure::available) continue;
        auto& line = lines[name->asset];
        line.asset = name->asset;
        (name->figure == Figure::debits ? line.debits : line.credits) += units;
    }
    std::vector<TrialBalanceLine> out;
    for (auto& [asset, line] : lines) out.push_back(std::move(line));
    return out;
}

std::vector<AccountLine> account_tree(const Balances& balances) {
    std::map<std::pair<std::string, std::string>, AccountLine> lines;
    for (const auto& [key, units] : balances) {
        const auto name = parse_balance_key(key);
        if (!name) continue;
        for (std::size_t end = name->account.find(':');; end = name->account.find(':', end + 1)) {
            const std::string account = name->account.substr(0, end);
            AccountLine& line = lines[{account, name->asset}];
            line.account = account;
            line.asset = name->asset;
            line.is_leaf = line.is_leaf || end == std::string::npos;
            (name->figure == Figure::debits    ? line.debits
             : name->figure == Figure::credits ? line.credits
                                               : line.available) += units;
            if (end == std::string::npos) break;
        }
    }
    std::vector<AccountLine> out;
    for (auto& [name, line] : lines) out.push_back(std::move(line));
    return out;
}

void Verification::add(const Transfer& transfer) {
    ++count_;
    const bool asks_nobody = transfer.kind == TransferKind::direct ||
                             (transfer.kind == TransferKind::pending && transfer.purpose == purpose::fee);
    if (asks_nobody && is_funded(transfer.credit_account))
        unguarded_[balance_key(transfer.amount.asset, transfer.credit_account, Figure::available)] += transfer.units;
    for (const auto& change : effects(transfer)) expected_[change.key] += change.units;
    if (transfer.kind == TransferKind::pending) pending_[transfer.id].opened = transfer;
    if (transfer.kind == TransferKind::post || transfer.kind == TransferKind::void_pending)
        pending_[transfer.pending_id].ended = transfer;
}

std::vector<std::string> Verification::findings(const Balances& kept) const {
    std::vector<std::string> out;
    for (const auto& [id, pending] : pending_) {
        if (!pending.opened)
            out.push_back("transfer " + ending_id(id) + " ends a pending transfer that does not exist");
        else if (pending.ended && (pending.ended->ended_units() != pending.opened->units ||
                                   pending.ended->units > pending.opened->units ||
                                   pending.ended->amount.asset != pending.opened->amount.asset ||
                                   pending.ended->credit_account != pending.opened->credit_account ||
                                   pending.ended->debit_account != pending.opened->debit_account))
            out.push_back("transfer " + ending_id(id) + " differs from the pending transfer that it ends");
        else if (pending.ended && pending.ended->kind == TransferKind::post && pending.opened->expires_ms != 0)
            out.push_back("transfer " + ending_id(id) +
                          " posts a hold that had an expiry: nothing was prepared under it that could be paid");
    }
    Balances all = expected_;
    for (const auto& [key, units] : kept) all.try_emplace(key, 0);
    for (const auto& [key, expected] : all) {
        const auto found = kept.find(key);
        const atr::Int128 actual = found == kept.end() ? 0 : found->second;
        if (actual != expected)
            out.push_back("balance " + key + " is " + atr::units_to_string(actual) + ", the transfers say " +
                          atr::units_to_string(expected));
    }
    for (const auto& line : trial_balance(kept))
        if (line.difference() != 0)
            out.push_back("debits and credits of " + line.asset + " differ by " +
                          atr::units_to_string(line.difference()) + " units");
    for (const auto& [key, units] : kept) {
        const auto name = parse_balance_key(key);
        if (!name)
            out.push_back("balance " + key + " has a name no ledger gives");
        else if (const auto taken = unguarded_.find(key);
                 name->figure == Figure::available &&
                 units + (taken == unguarded_.end() ? atr::Int128{0} : taken->second) < 0)
            out.push_back("available funds of " + name->account + " in " + name->asset +
                          " are below zero by more than was taken out of them without asking");
    }
    return out;
}

}  // namespace treasurer::ledger
