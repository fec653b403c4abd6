/// What must be true after every step, and at the end. The first thing that is not ends the run.
#pragma once

#include "ledger/balances.hpp"
#include "records/payment.hpp"
#include "simulation/bank.hpp"
#include "simulation/losses.hpp"
#include "simulation/memory_storage.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace treasurer::simulation {

/// A rule that was broken.
struct Violation {
    std::string rule;    ///< short and the same for every case of it, e.g. "paid twice"
    std::string detail;  ///< what, and which
};

class Checks {
public:
    Checks(MemoryStorage& storage, const Bank& bank, const Clock& clock)
        : storage_(storage), bank_(bank), clock_(clock) {}

    /// From then on every wire works, and every host runs.
    void calm_since(UnixMillis when) { calm_since_ = when; }

    /// After storage has taken these batches, and no others meanwhile. `shows_a_loss`: by their numbers, to their host.
    void committed(const std::vector<const atr::Batch*>& batches, std::uint64_t newest, bool shows_a_loss);
    /// What storage remembers, and forgets: the story goes on from there. `forget` makes storage do so.
    void remember() { remembered_ = story_; }
    void forgot(const std::function<void()>& forget);
    Losses& losses() { return losses_; }
    /// When a host sends, for the first time or again: not once the store has long been in quarantine.
    void sent(const atr::RailPayment& payment);
    /// When money leaves at the rail.
    void moved(const atr::RailPayment& payment);
    /// When the money of a payment has come back: its invoice may be paid again.
    void came_back(const atr::RailPayment& payment);
    /// When a host answers, to who asked at `asked`, with what it cached: it may not be older than the newest commit
    /// that had ended long before.
    void shown(std::uint64_t commit, UnixMillis asked);
    /// When a host has told a client of this invoice.
    void acknowledged(const std::string& invoice_id);
    /// A request under this key, which is the request id of the audit entry that its effect writes; `told`: that it is
    /// done.
    void asked_under(const std::string& key, bool told);
    /// When everything has come to rest: books, payments, invoices and rail tell one story.
    void at_rest();

    /// The treasury account is what the rail holds, but for payments that the rail has made and that wait for a person,
    /// and for movements that two persons have explained.
    bool books_are_the_rail();
    /// How often this amount, which is one invoice's, has left and not come back.
    unsigned paid(const std::string& amount) const;

    void broken(std::string rule, std::string detail);
    const std::optional<Violation>& violation() const { return violation_; }

    template <class R>
    std::optional<R> find(const std::string& key);
    template <class R>
    std::vector<R> all();

private:
    void note_transfers(const atr::Batch& batch);
    bool is_fee_of_a_lost_hold(const ledger::Transfer& transfer) const;
    void check_reasons(const atr::Batch& batch);
    void check_counters(const atr::Batch& batch);
    void check_payment(const Payment& payment);
    void check_invoices(const std::set<std::string>& with_a_break);
    std::set<std::string> payments_with_a_break();
    void note_commit(const atr::Batch& batch);
    void note_quarantine(const atr::Batch& batch);
    void check_persons(const Payment& payment);
    void check_ledger();
    void check_waiting_holds();
    void check_keys();

    /// What the commits say that storage has taken, and has not lost.
    struct Story {
        std::set<std::string> commits;                            ///< keys of those taken so far
        ledger::Balances expected;                                ///< what the transfers taken so far say
        std::set<std::string> given_back;                         ///< payments whose transfer was voided
        std::map<std::string, UnixMillis> waiting_holds;          ///< pending and with an expiry, by transfer: when
        std::map<std::string, std::set<std::string>> open_holds;  ///< pending transfers, by payment
        atr::Int128 held = 0;                                     ///< by transfers that are pending
        atr::Int128 corrected = 0;  ///< what may be booked below zero: it has moved already, and nothing is held for it
        std::vector<std::pair<UnixMillis, std::uint64_t>> made_stale;  ///< when, and by which commit
        UnixMillis quarantined = 0;                                    ///< since when; 0: it is not
    };

    MemoryStorage& storage_;
    const Bank& bank_;
    const Clock& clock_;
    std::optional<Violation> violation_;
    Story story_, remembered_;
    Losses losses_;
    std::map<std::string, unsigned> paid_;  ///< by what the amount stands for: one invoice of the plan
    std::set<std::string> came_back_;       ///< payments, as the rail knows them
    std::set<std::string> acknowledged_;
    std::map<std::string, bool> keys_;  ///< what is asked for under a key; true: told that it is done
    std::set<std::string> lost_keys_;   ///< of them, those whose effect is gone
    UnixMillis calm_since_ = 0;
};

}  // namespace treasurer::simulation
