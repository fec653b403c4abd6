#include "reconcile/break_record.hpp"

namespace treasurer::reconcile {

std::string correction_id(const Break& of) {
    const bool is_fee = of.kind == kind::fee_not_booked;
    return "break|" + of.rail + '|' + of.event_id + (is_fee ? "|fee" : "");
}

Json BreakRecord::to_json() const {
    Json out = {{"id", id},
                {"state", state},
                {"kind", what.kind},
                {"detail", what.detail},
                {"first_seen_ms", what.first_seen_ms}};
    if (!what.amount.asset.empty()) out["amount"] = money_json(what.amount);
    set_if(out, "rail", what.rail);
    set_if(out, "payment_id", what.payment_id);
    set_if(out, "event_id", what.event_id);
    set_if(out, "subject", what.subject);
    if (what.at_ms != 0) out["at_ms"] = what.at_ms;
    if (ended_ms != 0) out["ended_ms"] = ended_ms;
    set_if(out, "seen_after", what.seen_after);
    set_if(out, "ended_after", ended_after);
    if (what.correction.is_possible())
        out["correction"] = {{"account", what.correction.account},
                             {"amount", money_json(what.correction.amount)},
                             {"came_back", what.correction.came_back}};
    for (const auto& vote : what.votes)
        out["votes"].push_back(
            {{"by", vote.by}, {"action", vote.action}, {"reason", vote.reason}, {"at_ms", vote.at_ms}});
    return out;
}

BreakRecord BreakRecord::from_json(const Json& json) {
    BreakRecord out;
    out.id = json.at("id");
    out.state = json.at("state");
    out.what.kind = json.at("kind");
    if (json.contains("amount")) out.what.amount = money_from(json.at("amount"));
    out.what.detail = json.at("detail");
    out.what.first_seen_ms = json.at("first_seen_ms");
    out.what.rail = text_or(json, "rail");
    out.what.payment_id = text_or(json, "payment_id");
    out.what.event_id = text_or(json, "event_id");
    out.what.subject = text_or(json, "subject");
    out.what.at_ms = json.value("at_ms", UnixMillis{0});
    out.ended_ms = json.value("ended_ms", UnixMillis{0});
    out.what.seen_after = text_or(json, "seen_after");
    out.ended_after = text_or(json, "ended_after");
    if (json.contains("correction")) {
        const auto& correction = json.at("correction");
        out.what.correction = {correction.at("account"), money_from(correction.at("amount")),
                               correction.at("came_back")};
    }
    for (const auto& vote : json.value("votes", Json::array()))
        out.what.votes.push_back({vote.at("by"), vote.at("action"), vote.at("reason"), vote.at("at_ms")});
    return out;
}

std::vector<atr::IndexEntry> BreakRecord::index() const {
    using atr::Value;
    return {{"by_state", {Value::of(state), Value::of(what.first_seen_ms)}}};
}

}  // namespace treasurer::reconcile
