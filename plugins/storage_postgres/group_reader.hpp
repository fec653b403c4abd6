/// Reads, and locks in sorted order, what a group of batches touches: one round trip.
#pragma once

#include "clock.hpp"
#include "group_state.hpp"
#include "session.hpp"

namespace storage_postgres {

class GroupReader {
public:
    GroupReader(const Catalog& catalog, GroupState& state, const Clock& clock)
        : catalog_(catalog), state_(state), clock_(clock) {}

    /// The statements that read what must be read, for a transaction that is or becomes open. None: nothing must.
    std::vector<Statement> statements(const std::vector<PreparedBatch>& batches);
    /// Takes up their answers, `rows` beginning with that of the first.
    void take(const Rows* rows);

private:
    using Taker = std::function<void(const Rows&)>;
    void add(Statement statement, Taker taker);
    void read_keys();
    void read_records(const Collection& collection, States<RecordState>& states);
    void read_unique(const Collection& collection, const Index& index, const std::vector<PreparedBatch>& batches);
    void read_jobs();
    void read_counters(const Collection& collection, States<CounterState>& states);

    const Catalog& catalog_;
    GroupState& state_;
    const Clock& clock_;
    std::vector<Statement> statements_;
    std::vector<Taker> takers_;
};

/// "{1,2}" as PostgreSQL writes an array of numbers.
std::vector<std::uint64_t> numbers_of(std::string_view array);

}  // namespace storage_postgres
