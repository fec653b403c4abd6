/// What must be true after every step, and at the end. The first thing that is not ends the run.
#pragma once

#include "ledger/balances.hpp"
#include "records/payment.hpp"
#include "simulation/bank.hpp"
#include "simulation/memory_storage.hpp"

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

    /// After storage has taken these batches, and no others meanwhile.
    void committed(const std::vector<const atr::Batch*>& batches, std::uint64_t newest);
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
    void asked_under(const std::string& key, bool told) { keys_[key] = keys_[key] || told; }
    /// When everything has come to rest: books, payments, invoices and rail tell one story.
    void at_rest();

    /// The treasury account is what the rail holds, but for payments that the rail has made and that wait for a person.
    bool books_are_the_rail();

    void broken(std::string rule, std::string detail);
    const std::optional<Violation>& violation() const { return violation_; }

    template <class R>
    std::optional<R> find(const std::string& key);
    template <class R>
    std::vector<R> all();

private:
    void note_transfers(const atr::Batch& batch);
    void check_reasons(const atr::Batch& batch);
    void check_counters(const atr::Batch& batch);
    void check_payment(const Payment& payment);
    void check_invoices();
    void check_ledger();
    void check_waiting_holds();
    void check_keys();

    MemoryStorage& storage_;
    const Bank& bank_;
    const Clock& clock_;
    std::optional<Violation> violation_;
    ledger::Balances expected_;             ///< what the transfers taken so far say
    std::map<std::string, unsigned> paid_;  ///< by what the amount stands for: one invoice of the plan
    std::set<std::string> given_back_;      ///< payments whose transfer was voided
    std::set<std::string> came_back_;       ///< payments, as the rail knows them
    std::set<std::string> acknowledged_;
    std::map<std::string, UnixMillis> waiting_holds_;          ///< pending and with an expiry, by transfer: when
    std::map<std::string, std::set<std::string>> open_holds_;  ///< pending transfers, by payment
    std::map<std::string, bool> keys_;  ///< what is asked for under a key; true: told that it is done
    atr::Int128 held_ = 0;              ///< by transfers that are pending
    UnixMillis calm_since_ = 0;
    std::vector<std::pair<UnixMillis, std::uint64_t>> made_stale_;  ///< when, and by which commit
};

}  // namespace treasurer::simulation
