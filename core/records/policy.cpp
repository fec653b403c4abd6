#include "records/policy.hpp"

#include <algorithm>

namespace treasurer {

unsigned Policy::approvals_for(const atr::Money& amount) const {
    unsigned out = 1;
    for (const auto& tier : approval_tiers)
        if (amount.asset != asset || amount.amount > tier.above) out = std::max(out, tier.approvals);
    return out;
}

Json Policy::to_json() const {
    Json out = {{"id", id},
                {"asset", asset},
                {"auto_approval_limit", auto_approval_limit.to_string()},
                {"critical_runway_months", critical_runway_months.to_string()},
                {"min_confidence_bp", min_confidence_bp},
                {"payee_cool_off_ms", payee_cool_off_ms},
                {"approval_expiry_ms", approval_expiry_ms},
                {"paused", paused}};
    if (approval_reserves_funds) out["approval_reserves_funds"] = true;
    for (const auto& tier : approval_tiers)
        out["approval_tiers"].push_back({{"above", tier.above.to_string()}, {"approvals", tier.approvals}});
    return out;
}

Policy Policy::from_json(const Json& json) {
    const auto decimal = [](const Json& from, const char* name) {
        const auto value = atr::Decimal::parse(from.at(name).get<std::string>());
        if (!value) throw std::invalid_argument(std::string("stored policy: malformed ") + name);
        return *value;
    };
    Policy out;
    out.id = json.at("id");
    out.asset = json.at("asset");
    out.auto_approval_limit = decimal(json, "auto_approval_limit");
    out.critical_runway_months = decimal(json, "critical_runway_months");
    out.min_confidence_bp = json.at("min_confidence_bp");
    out.payee_cool_off_ms = json.at("payee_cool_off_ms");
    out.approval_expiry_ms = json.at("approval_expiry_ms");
    out.approval_reserves_funds = json.value("approval_reserves_funds", false);
    for (const Json& tier : json.value("approval_tiers", Json::array()))
        out.approval_tiers.push_back({decimal(tier, "above"), tier.at("approvals")});
    out.paused = json.at("paused");
    return out;
}

}  // namespace treasurer
