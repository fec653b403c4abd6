/// The breaks that are kept: what is known of them before a comparison, and what it changes.
#pragma once

#include <map>
#include <string>

#include "reconcile/break_record.hpp"
#include "records/store.hpp"

namespace treasurer::reconcile {

/// Every break that is not gone.
class KnownBreaks {
public:
    void add(BreakRecord record);
    /// The last release of the quarantine, when these were read.
    void after(std::string release) { release_ = std::move(release); }
    const std::string& release() const { return release_; }
    void remove(const std::string& id) { by_id_.erase(id); }

    const std::map<std::string, BreakRecord>& all() const { return by_id_; }
    const BreakRecord* find(const std::string& id) const;
    /// Whether two persons have explained this very break: of these amounts, and with this to book.
    bool explains(const Break& found) const;
    /// True: they have, and the report only notes it.
    bool add_unless_explained(Break found, ReconciliationReport& report) const;
    /// What two persons have booked of an event's movement; nullptr: nothing.
    const Break* correction(const std::string& rail, const std::string& event_id) const;
    /// The same of the fee beside it.
    const Break* fee_correction(const std::string& rail, const std::string& event_id) const;
    /// What left for the payment and two persons explained, though it could have been booked; nullptr: nothing.
    const Break* explained_out(const std::string& payment_id) const;
    /// Ages and votes; a break that nobody has seen before is as old as the report.
    void tell(ReconciliationReport& report) const;

private:
    std::map<std::string, BreakRecord> by_id_;
    std::string release_;
    std::map<std::string, std::string> booked_;         ///< ids by what correction_id() gives
    std::map<std::string, std::string> explained_out_;  ///< ids by payment
};

/// Threads: any; several hosts may keep their breaks at once. Lifetime: `store` outlives it and its tasks. Errors:
/// those of storage.
class BreakBook {
public:
    explicit BreakBook(Store& store) : store_(store) {}

    Task<atr::Result<KnownBreaks>> read();

    /// Writes what the report found for the first time, and again, and, when it is a full one, what is gone. Where
    /// another host wrote the same meanwhile, the next report does it.
    /// The report is told ages and votes.
    Task<atr::Result<atr::Unit>> keep(ReconciliationReport& report);

private:
    Task<atr::Result<atr::Unit>> read_state(std::string state, KnownBreaks& into);

    Store& store_;
};

}  // namespace treasurer::reconcile
