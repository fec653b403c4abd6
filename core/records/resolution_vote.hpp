/// One person's word on a payment, or on its invoice, that nobody else can decide. Two that agree end it.
#pragma once

#include <string>
#include <vector>

#include "records/json.hpp"
#include "runtime/clock.hpp"

namespace treasurer {

struct ResolutionVote {
    std::string by;
    std::string outcome;    ///< "paid", "not_paid" or "paid_elsewhere"
    std::string reference;  ///< where it can be looked up: the rail's own, or that of the payment made elsewhere
    std::string reason;
    UnixMillis at_ms = 0;
};

inline Json votes_json(const std::vector<ResolutionVote>& votes) {
    Json out = Json::array();
    for (const auto& vote : votes)
        out.push_back({{"by", vote.by},
                       {"outcome", vote.outcome},
                       {"reference", vote.reference},
                       {"reason", vote.reason},
                       {"at_ms", vote.at_ms}});
    return out;
}

/// Those of a record, under "resolution".
inline std::vector<ResolutionVote> votes_from(const Json& record) {
    std::vector<ResolutionVote> out;
    for (const auto& vote : record.value("resolution", Json::array()))
        out.push_back({vote.at("by"), vote.at("outcome"), vote.at("reference"), vote.at("reason"), vote.at("at_ms")});
    return out;
}

}  // namespace treasurer
