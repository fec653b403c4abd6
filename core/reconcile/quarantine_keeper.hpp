/// Quarantine: a copied or restored store sends nothing until it agrees with every rail, or an admin says so.
#pragma once

#include <atomic>
#include <functional>
#include <set>
#include <string>

#include "reconcile/report.hpp"
#include "records/idempotency.hpp"
#include "records/store.hpp"
#include "records/store_records.hpp"

namespace treasurer::reconcile {

struct QuarantineSettings {
    /// It is not lifted by itself earlier: longer than the slowest rail takes to show a payment that it has taken.
    Millis at_least{600'000};
};

/// Threads: any; several hosts may watch one store. Lifetime: what it is given outlives it and its tasks.
/// Errors: those of storage.
class QuarantineKeeper {
public:
    /// `rails`: those that reconciliation compares.
    QuarantineKeeper(Store& store, const Clock& clock, std::set<std::string> rails, QuarantineSettings settings = {})
        : store_(store), clock_(clock), rails_(std::move(rails)), settings_(settings) {}

    /// Called when this host has put the store into quarantine, or has lifted it. It returns at once. Before any other
    /// call.
    void on_change(std::function<void(const Quarantine&)> listener) { listener_ = std::move(listener); }

    /// As stored; a store that never was a copy has an inactive one without `life`.
    Task<atr::Result<Quarantine>> current();

    /// Lifts the quarantine when `report` allows it: a full comparison without a break, without an outgoing movement
    /// under way that no payment explains, of every rail that the books know, each of which holds exactly what they
    /// say, and late enough. Not when two persons have booked or explained, since the last release, a movement that no
    /// payment of ours or an ended one explains: its invoice may be lost, and come again. `life`: the store's when the
    /// report was begun; what was compared in another says nothing. True: it was lifted now.
    Task<atr::Result<bool>> consider(const ReconciliationReport& report, std::string life);

    /// Enters quarantine when a rail shows money that went out, or is about to, under an id as treasurers make them,
    /// for a payment that these books did not send: they have lost it, and perhaps others, and no host is left that
    /// remembers. What was seen before the last release, an admin has dealt with. True: it was entered now.
    Task<atr::Result<bool>> suspect(const ReconciliationReport& report);

    /// Puts the store into quarantine under a life of its own. One that it is in already begins anew, for the new
    /// reason; entering again for the same reason changes nothing. active() is true from the call on. Errors: those of
    /// storage.
    Task<atr::Result<Quarantine>> enter(std::string reason);

    /// Lifts it on a person's word, which is kept in the record and in the audit trail.
    /// Errors: conflict  the store is not in quarantine
    Task<atr::Result<Quarantine>> release(std::string actor, std::string reason, std::string request_id,
                                          Once once = {});

    /// As last read by this host; true until it was read, and while it is being entered.
    bool active() const { return active_ || entering_; }

private:
    Task<atr::Result<Quarantine>> lift(std::string life, std::string actor, std::string reason, std::string request_id,
                                       Once once);
    Task<atr::Result<bool>> is_late_enough(std::string life);
    Task<atr::Result<bool>> knows_every_rail();
    Task<atr::Result<bool>> persons_dealt_with_a_loss(std::string release);

    Store& store_;
    const Clock& clock_;
    const std::set<std::string> rails_;
    const QuarantineSettings settings_;
    std::function<void(const Quarantine&)> listener_;
    std::atomic<bool> active_{true}, entering_{false};
};

}  // namespace treasurer::reconcile
