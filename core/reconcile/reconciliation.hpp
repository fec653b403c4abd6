/// Reconciliation: the ledger, the payments and every rail's own statement and balance have to tell one story.
///
/// It compares while payments go on, and finds no break that is none: what is read first can only be explained by what
/// is read later. The books' sums are read before and after the statement; the movements in it must explain a sum
/// between the two, and exactly that sum when nothing moved meanwhile.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ports/rail_port.hpp"
#include "reconcile/books.hpp"
#include "reconcile/break_book.hpp"
#include "reconcile/judge.hpp"
#include "reconcile/statement_follower.hpp"

namespace treasurer::reconcile {

struct ReconciliationSettings {
    std::uint32_t page = 500;  ///< events of a statement held at once
    Millis timeout{10'000};    ///< of one call of a rail
    JudgeSettings judge = {};
    std::size_t posted_at_once = 50'000;  ///< payments held at once while their events are looked for
    /// Up to so many payments a full run proves the ledger from its transfers too, which are then all held at once;
    /// 0: never. Beyond it is left to `treasurer ledger verify`.
    std::size_t prove_at_most = 0;
};

/// Threads: any, but one run at a time (ReconciliationService sees to it). Lifetime: everything it is given outlives it
/// and its tasks. Errors: those of storage and of the rails: then nothing is known, and nothing is reported.
class Reconciliation {
public:
    Reconciliation(Store& store, const ledger::Assets& assets, const Clock& clock, std::vector<RailPort*> rails,
                   StatementFollower& follower, ReconciliationSettings settings = {})
        : store_(store),
          assets_(assets),
          clock_(clock),
          rails_(std::move(rails)),
          follower_(follower),
          settings_(settings),
          breaks_(store) {}

    /// Receipts that came in are booked first. A tail run begins behind the last page that was clean; it becomes a full
    /// one when the books hold something that the tail cannot explain. The first run is full in any case.
    /// What it found is kept as records, for people to work off.
    Task<atr::Result<ReconciliationReport>> run(Extent extent);

    /// What persons have said of breaks so far.
    BreakBook& breaks() { return breaks_; }

private:
    struct RailBalance {
        std::map<std::string, atr::Decimal> amounts;
        std::string position;
    };
    /// One rail's comparison under way.
    struct Scan {
        RailPort& rail;
        ReconciliationReport& report;
        KnownBreaks known;
        PostedPayments posted;
        Progress progress;
        RailBalance balance;
        Tallies before_balance;  ///< the sums when the balance was read
        Tallies at_balance;      ///< the sums at the balance's position, once it was passed
        bool passed_balance = false;
        bool clean = true;
        std::size_t pages = 0;
    };
    using Done = atr::Result<atr::Unit>;

    Task<atr::Result<ReconciliationReport>> run_once(Extent extent);
    Task<Done> compare(RailPort& rail, ReconciliationReport& report);
    Task<Done> compare_trial_balance(ReconciliationReport& report);
    Task<Done> prove_ledger(ReconciliationReport& report);
    Task<Done> count_unknown(ReconciliationReport& report);
    Task<Done> read_rail_balance(Scan& scan);
    Task<Done> read_statement(Scan& scan, Judge& judge);
    Task<Done> judge_page(Scan& scan, Judge& judge, const atr::StatementPage& page);
    Task<Done> list_posted(Scan& scan, std::size_t bucket, std::size_t buckets);
    Task<Done> find_other_buckets(Scan& scan, Judge& judge, std::size_t buckets);
    Task<Done> mark_found(Scan& scan);
    Task<atr::Result<std::size_t>> count_buckets();
    bool rail_differs(const Scan& scan) const;
    atr::Decimal rail_off_by(const Scan& scan, const std::string& asset) const;
    void compare_rail(Scan& scan) const;
    void compare_ledger(Scan& scan, const AccountSums& before, const AccountSums& after) const;
    void note_place(Scan& scan, const std::string& position) const;
    CallOptions options() const;

    Store& store_;
    const ledger::Assets& assets_;
    const Clock& clock_;
    const std::vector<RailPort*> rails_;
    StatementFollower& follower_;
    const ReconciliationSettings settings_;
    BreakBook breaks_;
    std::map<std::string, Progress> checkpoints_;  ///< by rail: behind its last clean page
    std::vector<std::string> unproven_;            ///< what the last full run could not prove of the ledger
    bool ledger_proven_ = false;                   ///< whether that run tried
};

}  // namespace treasurer::reconcile
