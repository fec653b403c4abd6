/// Judges one event of a statement against the books. Pure: what it needs was looked up before.
#pragma once

#include "ledger/assets.hpp"
#include "ledger/transfer.hpp"
#include "reconcile/break_book.hpp"
#include "reconcile/progress.hpp"
#include "reconcile/report.hpp"
#include "records/payment.hpp"

namespace treasurer::reconcile {

struct JudgeSettings {
    /// A receipt this young may not be booked yet, and the event of a payment this fresh may not be shown yet.
    UnixMillis grace_ms = 60'000;
};

/// Threads: one. Lifetime: what it is given outlives it.
class Judge {
public:
    Judge(std::string rail, const ledger::Assets& assets, JudgeSettings settings, const KnownBreaks& known,
          ReconciliationReport& report, Progress& progress, PostedPayments* posted)
        : rail_(std::move(rail)),
          assets_(assets),
          settings_(settings),
          known_(known),
          report_(report),
          progress_(progress),
          posted_(posted) {}

    /// What the books hold of one event; null: nothing.
    struct Booked {
        const Payment* payment = nullptr;           ///< that the event names
        const ledger::Transfer* receipt = nullptr;  ///< of money that came in
        const ledger::Transfer* fee = nullptr;      ///< that the event tells of
    };
    /// True when the event is explained for good, so that it need not be looked at again.
    bool judge(const atr::RailEvent& event, const Booked& booked);

    /// What is left of `posted` has no event: a break, or in flight while it is fresh.
    void judge_posted_without_event();

private:
    bool judge_in(const atr::RailEvent& event, const ledger::Transfer* receipt);
    bool judge_return(const atr::RailEvent& event);
    bool judge_out(const atr::RailEvent& event, const Booked& booked);
    bool judge_posted(const atr::RailEvent& event, const Payment& payment);
    bool judge_open(const atr::RailEvent& event, const Payment& payment);
    bool judge_payee(const atr::RailEvent& event, const Payment& payment);
    bool judge_fee(const atr::RailEvent& event, const Booked& known);
    void note_unexplained(const atr::RailEvent& event);
    Posted* posted(const atr::RailEvent& event) const;
    Tally& tally(const std::string& asset) { return progress_.tallies[asset]; }
    /// True when two persons have explained it.
    bool found(const char* kind, const atr::RailEvent& event, std::string detail, Correction correction = {});
    bool add(Break found);
    bool judge_corrected(const atr::RailEvent& event, const Break& correction);
    /// The whole movement, for `account`; none where the books cannot count it.
    Correction all_of(const atr::Money& money, std::string account) const;
    Correction difference(const Payment& payment, const atr::RailEvent& event) const;

    const std::string rail_;
    const ledger::Assets& assets_;
    const JudgeSettings settings_;
    const KnownBreaks& known_;
    ReconciliationReport& report_;
    Progress& progress_;
    PostedPayments* const posted_;
};

}  // namespace treasurer::reconcile
