/// Turns a judged group into its net effect: a few statements of many rows each, which also prove whatever the judging
/// assumed. Cold rows first, counters after them, the store's own row last, so that hot rows are held the shortest.
#pragma once

#include "change_feed.hpp"
#include "clock.hpp"
#include "group_state.hpp"
#include "session.hpp"

namespace storage_postgres {

class GroupWriter {
public:
    GroupWriter(const Catalog& catalog, const GroupState& state, const Clock& clock)
        : catalog_(catalog), state_(state), clock_(clock) {}

    /// Everything but BEGIN, the feed and COMMIT. An assumption that fails raises sqlstate::records_moved,
    /// counters_moved, or unique_violation where a new record or job is there already.
    std::vector<Statement> writes();
    /// What was read or assumed, not written, and must still be so: after the feed's statement, which holds the row
    /// that all commits pass one by one.
    std::vector<Statement> proofs();

private:
    void write_records(const Collection& collection, const States<RecordState>& states);
    void write_jobs();
    void write_counters(const Collection& collection, const States<CounterState>& states);
    void add(const std::string& write, const MultiRow& rows, const char* state);
    void insert_new(const std::string& write, const MultiRow& rows);

    const Catalog& catalog_;
    const GroupState& state_;
    const Clock& clock_;
    std::vector<Statement> statements_;
};

}  // namespace storage_postgres
