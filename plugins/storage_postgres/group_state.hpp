/// What a group of batches touches, as it stands while the group is judged in memory: what was there before, and what
/// the batches judged so far made of it. Written afterwards as one net effect.
///
/// A state need not have been read. An op that expects version 3 assumes version 3; whatever is assumed is proven when
/// the group is written, in the same transaction, or else the group is judged again on states that were read.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "counter_state.hpp"
#include "prepared_batch.hpp"

namespace storage_postgres {

/// Thrown while judging: the outcome depends on what only the database knows.
struct MustRead {
    bool counters = false;  ///< counters; otherwise records, jobs and keys
};

struct RecordState {
    bool known = false;               ///< `before` was read or is assumed
    bool wanted = false;              ///< it must be read: nothing can be assumed
    bool locks = false;               ///< some op would change it
    bool written = false;             ///< the group changed it
    std::uint64_t before = 0;         ///< version; 0: absent
    std::uint64_t version = 0;        ///< now
    const PreparedOp* put = nullptr;  ///< what it now holds; null: what it held before
    std::vector<std::string> unique;  ///< what it now holds in unique indexes
};

struct JobState {
    bool known = false, written = false;
    bool there_before = false, there = false;
    std::uint64_t token_before = 0, token = 0;  ///< 0: free
    std::uint64_t born_token = 0;               ///< of a job that this group enqueues leased
    const PreparedOp* enqueued = nullptr;
    const PreparedOp* rescheduled = nullptr;
};

/// An idempotency key that has been used.
struct FirstResult {
    std::string fingerprint;
    std::uint64_t commit_seq = 0;
    std::vector<std::uint64_t> versions;
    std::optional<std::size_t> batch;  ///< of this group; its sequence is not known yet
};

template <class State>
using States = std::map<std::string_view, State>;  ///< by stored key, which lives in the prepared ops

class GroupState {
public:
    explicit GroupState(const std::vector<PreparedBatch>& batches);

    std::map<std::int64_t, States<RecordState>> records;    ///< by collection
    std::map<std::int64_t, States<CounterState>> counters;  ///< by collection
    States<JobState> jobs;
    States<std::optional<FirstResult>> keys;
    bool records_read = false;  ///< records, jobs and keys; else all but the wanted ones are assumed
    bool counters_read = false;

    /// Who holds a value of a unique index: stored keys by unique_values().
    std::map<std::string, std::string> holders;

    /// Call before changing a state within a batch.
    template <class State>
    void save(State& state) {
        undo_.push_back([&state, before = state] { state = before; });
    }
    void set_holder(const std::string& value, const std::string& key);
    void free_holder(const std::string& value);
    void keep_batch() { undo_.clear(); }
    void undo_batch();

private:
    void touch(const PreparedOp& op);
    std::vector<std::function<void()>> undo_;
};

/// One text for each unique index in which the record has a place.
std::vector<std::string> unique_values(const Collection& collection, const std::vector<Cell>& cells);

}  // namespace storage_postgres
