#include "records/approval.hpp"

#include <algorithm>
#include <set>

#include "runtime/mutation.hpp"

namespace treasurer {

std::span<const std::string_view> approval_statuses() {
    static constexpr std::string_view names[] = {"pending", "approved", "rejected", "expired", "withdrawn"};
    return names;
}

bool Approval::is_enough_with(const std::string& by) const {
    std::set<std::string> persons{by};
    for (const auto& verdict : given)
        if (verdict.verdict == "approve") persons.insert(verdict.by);
    const std::size_t words = mutated(Mutation::count_words_not_persons) ? given.size() + 1 : persons.size();
    return words >= required;
}

bool Approval::ask(const Reason& question) {
    const bool is_asked = std::any_of(reasons.begin(), reasons.end(), [&](const Reason& one) {
        return one.rule == question.rule && one.detail.find(question.detail) != std::string::npos;
    });
    if (!is_asked) reasons.push_back(question);
    return !is_asked;
}

Json Approval::to_json() const {
    Json out = {{"id", id},
                {"status", status},
                {"invoice_id", invoice_id},
                {"payment_id", payment_id},
                {"payload_hash", payload_hash},
                {"submitted_by", submitted_by},
                {"required", required},
                {"given", Json::array()},
                {"reasons", Json::array()},
                {"created_ms", created_ms},
                {"expires_ms", expires_ms}};
    for (const auto& verdict : given)
        out["given"].push_back(
            {{"by", verdict.by}, {"verdict", verdict.verdict}, {"reason", verdict.reason}, {"at_ms", verdict.at_ms}});
    for (const auto& reason : reasons)
        out["reasons"].push_back({{"rule", reason.rule}, {"result", reason.result}, {"detail", reason.detail}});
    return out;
}

Approval Approval::from_json(const Json& json) {
    Approval out;
    out.id = json.at("id");
    out.status = json.at("status");
    out.invoice_id = json.at("invoice_id");
    out.payment_id = json.at("payment_id");
    out.payload_hash = json.at("payload_hash");
    out.submitted_by = json.at("submitted_by");
    out.required = json.at("required");
    out.created_ms = json.at("created_ms");
    out.expires_ms = json.at("expires_ms");
    for (const auto& verdict : json.at("given"))
        out.given.push_back({verdict.at("by"), verdict.at("verdict"), verdict.at("reason"), verdict.at("at_ms")});
    for (const auto& reason : json.at("reasons"))
        out.reasons.push_back({reason.at("rule"), reason.at("result"), reason.at("detail")});
    return out;
}

std::vector<atr::IndexEntry> Approval::index() const {
    using atr::Value;
    return {{"by_created", {Value::of(created_ms)}},
            {"by_status", {Value::of(status), Value::of(created_ms)}},
            {"by_expiry", {Value::of(status), Value::of(expires_ms)}}};
}

}  // namespace treasurer
