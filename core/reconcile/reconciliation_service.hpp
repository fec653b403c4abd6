/// Runs reconciliation every so often and on demand, one run at a time, and keeps the last report for dashboard and
/// metrics.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "reconcile/quarantine_keeper.hpp"
#include "reconcile/reconciliation.hpp"
#include "runtime/pause.hpp"
#include "runtime/task_scope.hpp"

namespace treasurer::reconcile {

struct ServiceSettings {
    Millis interval{15'000};
    Millis full_every{3'600'000};  ///< in between, only the tail of each statement is compared
};

/// Threads: any. Lifetime: what it is given outlives it; after stop() the scope is idle
/// within a second or the run under way.
class ReconciliationService {
public:
    using Report = std::shared_ptr<const ReconciliationReport>;

    /// With a `quarantine`, every run is full while it is active, and each is judged for lifting it.
    ReconciliationService(Reconciliation& reconciliation, Executor& executor, const Clock& clock,
                          ServiceSettings settings = {}, QuarantineKeeper* quarantine = nullptr)
        : reconciliation_(reconciliation),
          executor_(executor),
          clock_(clock),
          settings_(settings),
          quarantine_(quarantine),
          pause_(executor) {}

    /// Called with each report when its run has ended, and with the one before (null: it is the first). It returns at
    /// once. Before start().
    void on_report(std::function<void(const Report& before, const Report& now)> listener) {
        listener_ = std::move(listener);
    }

    void start(TaskScope& scope) { scope.spawn(loop()); }
    void stop() {
        stopping_ = true;
        pause_.wake();
    }

    /// A run of at least `extent`: joins the one under way, or, when that looks at less, waits for it; of all who wait
    /// so, one begins the next run and the others join it.
    Task<atr::Result<Report>> run(Extent extent = Extent::full);

    /// A full run as soon as may be, by itself: persons have dealt with a break.
    void soon() {
        full_wanted_ = true;
        pause_.nudge();
    }
    /// What persons have said of breaks so far. Errors: those of storage.
    Task<atr::Result<KnownBreaks>> known() { return reconciliation_.breaks().read(); }

    /// Null before the first run has ended.
    Report last() const;
    /// Why the last run could not be made; nullopt when it could.
    std::optional<atr::Error> last_error() const;
    std::uint64_t runs() const { return runs_; }

private:
    using Answer = atr::Result<Report>;
    Task<> loop();
    Task<Answer> run_now(Extent extent);
    Answer keep(atr::Result<ReconciliationReport> report);
    std::optional<Completion<Answer>> join(Extent extent, bool& answers);

    Reconciliation& reconciliation_;
    Executor& executor_;
    const Clock& clock_;
    const ServiceSettings settings_;
    QuarantineKeeper* const quarantine_;
    Pause pause_;
    std::function<void(const Report&, const Report&)> listener_;
    std::atomic<bool> stopping_{false}, full_wanted_{false};
    std::atomic<std::uint64_t> runs_{0};

    mutable std::mutex mutex_;
    bool running_ = false;
    Extent running_extent_ = Extent::tail;
    std::vector<Completion<Answer>> waiting_;
    Report last_;
    std::optional<atr::Error> last_error_;
    std::optional<UnixMillis> last_full_ms_;
};

}  // namespace treasurer::reconcile
