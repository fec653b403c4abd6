/// The ledger's past: days are closed and summed up, and the balances of any moment are the last sum before it and the
/// transfers since.
#pragma once

#include "ledger/balances.hpp"
#include "ledger/day.hpp"
#include "records/store.hpp"
#include "runtime/pause.hpp"
#include "runtime/task_scope.hpp"

#include <atomic>
#include <optional>

namespace treasurer::reconcile {

struct HistorySettings {
    /// A day is closed so long after its end: by then no host's clock is still in it, and nothing booked on it is under
    /// way. This host's clock and the newest transfer have to be so far: days that nothing was booked after stay open,
    /// and hold next to nothing to add up.
    Millis after{Millis{3'600'000} * 36};
    Millis interval{3'600'000};
    std::uint32_t page = 1000;  ///< transfers read at once
    std::size_t part = 1000;    ///< balances a record of a day's sums holds
};

/// Threads: any; every host may close days, whoever comes first. Lifetime: what it is given outlives it and its tasks.
/// Errors: those of storage.
class LedgerHistory {
public:
    LedgerHistory(Store& store, Executor& executor, const Clock& clock, HistorySettings settings = {})
        : store_(store), clock_(clock), settings_(settings), pause_(executor) {}

    /// Balances of all transfers booked before `at_ms`.
    Task<atr::Result<ledger::Balances>> before(UnixMillis at_ms);

    /// Closes and sums up every day that is due. Returns how many.
    Task<atr::Result<std::size_t>> close_days();

    void start(TaskScope& scope) { scope.spawn(loop()); }
    void stop() {
        stopping_ = true;
        pause_.wake();
    }

private:
    /// Balances at a day's end, and how many transfers were added to get there.
    struct Sums {
        ledger::Balances balances;
        std::uint64_t transfers = 0;
    };
    using MaybeDay = std::optional<ledger::LedgerDay>;

    Task<> loop();
    Task<atr::Result<MaybeDay>> last_day(UnixMillis started_before_ms, bool summed);
    Task<atr::Result<MaybeDay>> day_to_close();
    Task<atr::Result<UnixMillis>> shown_ms();
    Task<atr::Result<atr::Unit>> sum_up(ledger::LedgerDay day);
    Task<atr::Result<Sums>> add_up(ledger::Balances from, UnixMillis lo_ms, UnixMillis hi_ms);

    Store& store_;
    const Clock& clock_;
    const HistorySettings settings_;
    Pause pause_;
    std::atomic<bool> stopping_{false};
};

/// The balances that were kept at the end of a summed day. Errors: those of storage; corrupt where a part is missing.
Task<atr::Result<ledger::Balances>> read_day(Store& store, ledger::LedgerDay day);

}  // namespace treasurer::reconcile
