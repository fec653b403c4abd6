/// The decimals of every asset the ledger counts. Fixed when an asset is first seen, and kept in storage: a rail that
/// later claims other decimals is refused at start, because the books count in these units for ever.
#pragma once

#include <atr/money.hpp>
#include <map>
#include <optional>
#include <string>

namespace treasurer::ledger {

class Assets {
public:
    Assets() = default;
    explicit Assets(std::map<std::string, int> decimals) : decimals_(std::move(decimals)) {}

    std::optional<int> decimals(const std::string& asset) const {
        const auto found = decimals_.find(asset);
        return found == decimals_.end() ? std::nullopt : std::optional<int>(found->second);
    }
    /// The amount in the asset's smallest part; nullopt for an unknown asset, too many decimals or an amount too large.
    std::optional<atr::Int128> units(const atr::Money& money) const {
        const auto scale = decimals(money.asset);
        return scale ? money.amount.to_units(*scale) : std::nullopt;
    }
    std::optional<atr::Decimal> amount(const std::string& asset, atr::Int128 units) const {
        const auto scale = decimals(asset);
        return scale ? atr::Decimal::from_units(units, *scale) : std::nullopt;
    }
    const std::map<std::string, int>& all() const { return decimals_; }

private:
    std::map<std::string, int> decimals_;
};

}  // namespace treasurer::ledger
