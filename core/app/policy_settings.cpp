#include "app/policy_settings.hpp"

#include "config/settings_listing.hpp"

namespace treasurer::app {
namespace {

std::string seconds_text(std::int64_t ms) {
    return std::to_string(ms / 1000);
}

std::string tiers_text(const std::vector<ApprovalTier>& stored) {
    std::vector<TierSettings> out;
    for (const auto& tier : stored) out.push_back({tier.above, tier.approvals});
    return shown_tiers(out);
}

}  // namespace

std::map<std::string, std::string> by_setting(const Policy& policy) {
    return {{"policy.auto_approval_limit", policy.auto_approval_limit.to_string()},
            {"policy.critical_runway_months", policy.critical_runway_months.to_string()},
            {"policy.min_confidence", atr::Decimal::from_units(policy.min_confidence_bp, 4)->to_string()},
            {"policy.payee_cool_off_s", seconds_text(policy.payee_cool_off_ms)},
            {"policy.approval_ttl_s", seconds_text(policy.approval_expiry_ms)},
            {"policy.approval_reserves_funds", policy.approval_reserves_funds ? "true" : "false"},
            {"policy.approval_tiers", tiers_text(policy.approval_tiers)},
            {"policy.paused", policy.paused ? "true" : "false"}};
}

}  // namespace treasurer::app
