#include "write_transaction.hpp"

#include <algorithm>

namespace storage_sqlite {

void WriteTransaction::begin() {
    changed_ = sequences_changed_ = false;
    counters_.clear();
    now_ms_ = clock_();
    std::int64_t generation = -1;
    if (catalog_->generation != 0) {
        Run state(connection_.prepared("SELECT commit_seq, lease_token, generation FROM atr_state"));
        if (state.step()) {
            commit_seq_ = state.integer_at(0);
            lease_token_ = state.integer_at(1);
            generation = state.integer_at(2);
        }
    }
    if (generation == catalog_->generation) return;
    load_catalog();
    if (catalog_->generation == 0) return;
    Run state(connection_.prepared("SELECT commit_seq, lease_token FROM atr_state"));
    if (!state.step()) return;
    commit_seq_ = state.integer_at(0);
    lease_token_ = state.integer_at(1);
}

void WriteTransaction::finish() {
    if (!sequences_changed_) return;
    counters_.write(now_ms_);
    Run(connection_.prepared("UPDATE atr_state SET commit_seq = ?, lease_token = ?"))
        .integer(commit_seq_)
        .integer(lease_token_)
        .finish();
}

std::uint64_t WriteTransaction::next_lease_token() {
    changed_ = sequences_changed_ = true;
    return static_cast<std::uint64_t>(++lease_token_);
}

std::uint64_t WriteTransaction::keep_commit(const ChangeList& changes) {
    changed_ = sequences_changed_ = true;
    const auto seq = static_cast<std::uint64_t>(++commit_seq_);
    if (!changes.empty()) append_changes(connection_, seq, now_ms_, changes);
    counters_.keep_batch(seq);
    return seq;
}

void WriteTransaction::raise_sequences(std::uint64_t commit_seq, std::uint64_t lease_token) {
    changed_ = sequences_changed_ = true;
    lease_token_ = std::max(lease_token_, static_cast<std::int64_t>(lease_token));
    if (static_cast<std::int64_t>(commit_seq) <= commit_seq_) return;
    commit_seq_ = static_cast<std::int64_t>(commit_seq);
    Run(connection_.prepared("UPDATE atr_state SET feed_floor = ?")).integer(commit_seq).finish();
    Run(connection_.prepared("DELETE FROM atr_changes")).finish();
}

}  // namespace storage_sqlite
