#include "reconcile/report.hpp"

#include <map>

#include "records/json.hpp"
#include "runtime/utc_time.hpp"

namespace treasurer::reconcile {
namespace {

Json common(const std::string& rail, const atr::Money& amount, const std::string& payment_id,
            const std::string& event_id, UnixMillis at_ms, UnixMillis now) {
    Json out = Json::object();
    if (!amount.asset.empty()) out = {{"asset", amount.asset}, {"amount", amount.amount.to_string()}};
    set_if(out, "rail", rail);
    set_if(out, "payment_id", payment_id);
    set_if(out, "event_id", event_id);
    if (at_ms > 0) {
        out["at"] = rfc3339(at_ms);
        out["age_s"] = (now - at_ms) / 1000;
    }
    return out;
}

/// Letters, digits, '.', '_' and '-' as they are; what else there may be as ~ and two hex digits.
std::string in_path(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
                           c == '_' || c == '-';
        if (plain)
            out += c;
        else
            (out += '~') += {digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

}  // namespace

std::string break_id(const Break& found) {
    const std::string& subject = !found.event_id.empty()     ? found.event_id
                                 : !found.payment_id.empty() ? found.payment_id
                                                             : found.subject;
    return in_path(found.rail) + ':' + in_path(subject) + ':' + found.kind;
}

std::vector<std::string> actions_of(const Break& found) {
    if (found.correction.is_possible()) return {action::book, action::explained};
    return {action::explained};
}

std::string cause_of(const std::string& kind) {
    static const std::map<std::string, std::string> causes = {
        {kind::left_without_us, "somebody moved money at the rail without this system, or the store lost the payment"},
        {kind::paid_twice, "the rail carried one payment out twice, or an attempt that was given up arrived late"},
        {kind::amount_differs, "the rail moved another amount than it was given, or a record was changed by hand"},
        {kind::payee_differs, "the rail paid another address than it was given, or a record was changed by hand"},
        {kind::moved_after_end, "an attempt arrived after the payment had been given up, or two persons were wrong"},
        {kind::wrong_rail, "the payment's rail was changed in its record, or two rails share one account"},
        {kind::fee_not_booked, "the rail took a fee that belongs to no payment of ours, or that has no reference"},
        {kind::fee_differs, "the rail told two amounts of one fee"},
        {kind::no_rail_event, "two persons were wrong, the rail took its word back, or it forgot the movement"},
        {kind::explained_came_back,
         "two persons explained what left and did not book it; now it is back, and the books "
         "hold more than the rail until what left is booked too"},
        {kind::receipt_not_booked, "the rail showed it only now, or a record was deleted by hand"},
        {kind::receipt_differs, "the rail changed what it had told, or a record was changed by hand"},
        {kind::unbookable_receipt, "the asset, or its decimals, are not among those that the books count"},
        {kind::rail_balance_differs, "the rail's statement is not complete, or its balance is not of this account"},
        {kind::ledger_differs, "the books hold what no movement explains; other breaks may be the cause of this one"},
        {kind::trial_balance, "a balance was changed by hand"},
        {kind::ledger_not_proven, "a record was changed or deleted by hand, or lost by the storage"}};
    const auto known = causes.find(kind);
    return known == causes.end() ? std::string() : known->second;
}

Json shown(const Break& found, UnixMillis now) {
    Json out = common(found.rail, found.amount, found.payment_id, found.event_id, found.at_ms, now);
    out["id"] = break_id(found);
    out["kind"] = found.kind;
    out["detail"] = found.detail;
    out["cause"] = cause_of(found.kind);
    out["actions"] = actions_of(found);
    if (found.first_seen_ms > 0) {
        out["first_seen"] = rfc3339(found.first_seen_ms);
        out["age_s"] = (now - found.first_seen_ms) / 1000;
    }
    out["votes"] = Json::array();
    for (const auto& vote : found.votes)
        out["votes"].push_back(
            {{"by", vote.by}, {"action", vote.action}, {"reason", vote.reason}, {"at", rfc3339(vote.at_ms)}});
    return out;
}

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
    Json out = {
        {"equal", report.equal()},
        {"as_of", rfc3339(now)},
        {"extent", report.extent == Extent::full ? "full" : "tail"},
        {"breaks", Json::array()},
        {"breaks_total", report.breaks_total},
        {"explained", Json::array()},
        {"in_flight", Json::array()},
        {"in_flight_total", report.in_flight_total},
        {"unexplained_pending", report.unexplained_pending},
        {"balances", Json::array()},
        {"trial_balance", Json::array()},
        {"checked",
         {{"events", report.events_checked}, {"payments", report.payments_checked}, {"ledger", report.ledger_proven}}},
        {"unknown_payments",
         {{"count", report.unknown_payments},
          {"oldest_age_s",
           report.oldest_unknown_ms == 0 ? Json(nullptr) : Json((now - report.oldest_unknown_ms) / 1000)}}}};
    for (const auto& found : report.breaks) out["breaks"].push_back(shown(found, now));
    for (const auto& found : report.explained) out["explained"].push_back(shown(found, now));
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
