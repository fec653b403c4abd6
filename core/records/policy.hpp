/// The policy in force, as storage holds it. YAML seeds it at the first start; afterwards this is the truth.
#pragma once

#include <atr/money.hpp>
#include <atr/storage.hpp>
#include <string>
#include <vector>

#include "records/json.hpp"
#include "runtime/clock.hpp"

namespace treasurer {

/// What needs more than one person.
struct ApprovalTier {
    atr::Decimal above;      ///< of an invoice, in the policy's asset
    unsigned approvals = 2;  ///< by so many different persons
    bool operator==(const ApprovalTier&) const = default;
};

/// Bounds of a list of tiers, which rises in both members.
inline constexpr std::size_t most_tiers = 8;
inline constexpr unsigned most_approvals = 16;

struct Policy {
    static constexpr const char* collection = "policy";
    static constexpr const char* current = "current";

    std::string id = current;
    std::string asset = "MNEE";              ///< the asset in which limits are expressed
    atr::Decimal auto_approval_limit;        ///< up to this amount no person is asked
    atr::Decimal critical_runway_months;     ///< a payment that leaves less runway asks a person
    std::uint32_t min_confidence_bp = 7000;  ///< a field read with less asks a person
    std::int64_t payee_cool_off_ms = 86400000;
    std::int64_t approval_expiry_ms = 7 * 86400000LL;
    bool approval_reserves_funds = false;           ///< an invoice's amount is held while people decide on it
    std::vector<ApprovalTier> approval_tiers = {};  ///< by rising amount; where none speaks of it, one person does
    bool paused = false;                            ///< nothing is sent while set

    std::uint64_t version = 0;

    /// How many persons must approve before `amount` is paid, where a person is asked at all. The tiers say nothing of
    /// another asset: as many as the highest of them.
    unsigned approvals_for(const atr::Money& amount) const;

    Json to_json() const;
    static Policy from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const { return {}; }
};

}  // namespace treasurer
