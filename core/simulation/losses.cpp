#include "simulation/losses.hpp"

#include "records/payment.hpp"
#include "records/store.hpp"

#include <algorithm>

namespace treasurer::simulation {

void Losses::add(std::uint64_t lineage, const std::set<std::string>& ids, std::set<std::string> commits) {
    lineage_ = lineage;
    ids_.insert(ids.begin(), ids.end());
    gone_[lineage] = std::move(commits);
}

void Losses::came(const std::string& commit) {
    for (auto& [lineage, commits] : gone_) commits.erase(commit);
}

bool Losses::shows(std::uint64_t seq, const Told& told) const {
    return std::any_of(told.begin(), told.end(), [&](const auto& known) {
        return known.first >= noticed_in_ && known.first < lineage_ && seq <= known.second;
    });
}

void Losses::acted_unknowing(const std::vector<const atr::Batch*>& batches) {
    for (const auto* batch : batches)
        for (const auto& op : batch->ops) {
            if (op.op != ATR_OP_PUT || op.record.collection != Payment::collection) continue;
            const auto payment = decode<Payment>(op.record);
            if (!payment || payment->state == PaymentState::waiting_approval) continue;
            unknowing_.insert(payment->id);
            unknowing_.insert(payment->amount.to_string());
        }
}

bool Losses::is_missed(const EventLoop& loop) const {
    return std::any_of(who_must_.begin(), who_must_.end(), [&](const auto& one) {
        const auto gone = gone_.find(one.second);
        const bool is_missing = gone != gone_.end() && !gone->second.empty();
        return !loop.ended(one.first) && noticed_in_ < one.second && is_missing;
    });
}

}  // namespace treasurer::simulation
