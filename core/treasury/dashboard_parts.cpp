#include "treasury/dashboard_parts.hpp"

#include "records/policy.hpp"

namespace treasurer::treasury {
namespace {

atr::Decimal decimal_of(const Json& json, const char* name) {
    const auto out = atr::Decimal::parse(json.at(name).get<std::string>());
    if (!out) throw std::invalid_argument(std::string("malformed ") + name);
    return *out;
}

TreasuryFigures figures_from(const Json& json) {
    TreasuryFigures out;
    out.asset = json.at("asset");
    out.rail = json.at("rail");
    out.booked = decimal_of(json, "booked");
    out.available = decimal_of(json, "available");
    out.held = decimal_of(json, "held");
    out.monthly_burn = decimal_of(json, "monthly_burn");
    if (json.contains("runway_months")) out.runway_months = decimal_of(json, "runway_months");
    out.as_of_ms = json.at("as_of_ms");
    return out;
}

Waiting waiting_from(const Json& json) {
    Waiting out;
    out.quarantined = json.at("quarantined");
    out.approvals = json.at("approvals");
    out.unknown_payments = json.at("unknown_payments");
    out.payments_needing_person = json.at("payments_needing_person");
    return out;
}

template <class Part>
bool can_be_read(std::string_view text, Part (*read)(const Json&)) {
    try {
        static_cast<void>(read(Json::parse(text)));
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

}  // namespace

bool is_figures(std::string_view text) {
    return can_be_read(text, figures_from);
}

bool is_waiting(std::string_view text) {
    return can_be_read(text, waiting_from);
}

std::string to_text(const TreasuryFigures& figures) {
    Json out = {{"asset", figures.asset},
                {"rail", figures.rail},
                {"booked", figures.booked.to_string()},
                {"available", figures.available.to_string()},
                {"held", figures.held.to_string()},
                {"monthly_burn", figures.monthly_burn.to_string()},
                {"as_of_ms", figures.as_of_ms}};
    if (figures.runway_months) out["runway_months"] = figures.runway_months->to_string();
    return dump(out);
}

std::string to_text(const Waiting& waiting) {
    return dump(Json{{"quarantined", waiting.quarantined},
                     {"approvals", waiting.approvals},
                     {"unknown_payments", waiting.unknown_payments},
                     {"payments_needing_person", waiting.payments_needing_person}});
}

atr::Result<Dashboard> dashboard_of(std::string_view figures, std::string_view waiting, std::string_view policy) {
    try {
        Dashboard out;
        out.figures = figures_from(Json::parse(figures));
        out.waiting = waiting_from(Json::parse(waiting));
        const Policy in_force = Policy::from_json(Json::parse(policy));
        out.critical_runway_months = in_force.critical_runway_months;
        out.paused = in_force.paused;
        return out;
    } catch (const std::exception& error) {
        return atr::rejected(ATR_E_CORRUPT, std::string("a part of the dashboard cannot be read: ") + error.what());
    }
}

}  // namespace treasurer::treasury
