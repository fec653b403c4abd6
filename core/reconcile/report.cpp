#include "reconcile/report.hpp"

#include "records/json.hpp"
#include "runtime/utc_time.hpp"

namespace treasurer::reconcile {
namespace {

Json common(const std::string& rail, const atr::Money& amount, const std::string& payment_id,
            const std::string& event_id, UnixMillis at_ms, UnixMillis now) {
    Json out = {{"asset", amount.asset}, {"amount", amount.amount.to_string()}};
    set_if(out, "rail", rail);
    set_if(out, "payment_id", payment_id);
    set_if(out, "event_id", event_id);
    if (at_ms > 0) {
        out["at"] = rfc3339(at_ms);
        out["age_s"] = (now - at_ms) / 1000;
    }
    return out;
}

}  // namespace

void ReconciliationReport::add(Break found) {
    ++breaks_total;
    if (breaks.size() < most_listed) breaks.push_back(std::move(found));
}

void ReconciliationReport::add(InFlight found) {
    ++in_flight_total;
    if (in_flight.size() < most_listed) in_flight.push_back(std::move(found));
}

std::string to_json(const ReconciliationReport& report) {
    const auto now = report.as_of_ms;
    Json out = {{"equal", report.equal()},
                {"as_of", rfc3339(now)},
                {"extent", report.extent == Extent::full ? "full" : "tail"},
                {"breaks", Json::array()},
                {"breaks_total", report.breaks_total},
                {"in_flight", Json::array()},
                {"in_flight_total", report.in_flight_total},
                {"unexplained_pending", report.unexplained_pending},
                {"balances", Json::array()},
                {"trial_balance", Json::array()},
                {"checked", {{"events", report.events_checked}, {"payments", report.payments_checked}}}};
    for (const auto& found : report.breaks) {
        Json entry = common(found.rail, found.amount, found.payment_id, found.event_id, found.at_ms, now);
        entry["kind"] = found.kind;
        entry["detail"] = found.detail;
        out["breaks"].push_back(std::move(entry));
    }
    for (const auto& found : report.in_flight) {
        Json entry = common(found.rail, found.amount, found.payment_id, found.event_id, found.at_ms, now);
        entry["why"] = found.why;
        out["in_flight"].push_back(std::move(entry));
    }
    for (const auto& line : report.balances)
        out["balances"].push_back({{"rail", line.rail},
                                   {"asset", line.asset},
                                   {"booked", line.booked.to_string()},
                                   {"at_rail", line.at_rail.to_string()},
                                   {"in_flight", line.in_flight.to_string()},
                                   {"difference", line.difference.to_string()}});
    for (const auto& line : report.trial_balance)
        out["trial_balance"].push_back({{"asset", line.asset},
                                        {"debits", line.debits.to_string()},
                                        {"credits", line.credits.to_string()},
                                        {"difference", line.difference.to_string()}});
    return dump(out);
}

}  // namespace treasurer::reconcile
