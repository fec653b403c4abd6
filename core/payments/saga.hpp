/// The payment saga: one payment from Commit A to its end. Each method does what one invoice's way
/// (docs/architecture.md) says, in that order; the transition table decides, this class persists and calls.
#pragma once

#include "ledger/assets.hpp"
#include "ledger/transfer.hpp"
#include "payments/blob_sealer.hpp"
#include "payments/lease.hpp"
#include "payments/lease_name.hpp"
#include "payments/rails.hpp"
#include "payments/transitions.hpp"
#include "records/approval.hpp"
#include "records/invoice.hpp"
#include "records/last_decoded.hpp"
#include "records/policy.hpp"
#include "records/store.hpp"
#include "records/store_life.hpp"
#include "records/store_records.hpp"
#include "runtime/fault_points.hpp"

#include <atomic>
#include <functional>
#include <optional>
#include <string>

namespace treasurer::payments {

struct SagaSettings {
    Millis lease{5000};  ///< how long a silent host keeps its payments
    Millis poll{250};    ///< how often a host looks for payments that are due
    Millis submit_timeout{10000};
    Millis prepare_timeout{5000};
    Millis lookup_timeout{5000};
    Millis backoff_initial{250};  ///< before the first repeated lookup; doubles up to backoff_max
    Millis backoff_max{60000};
    Millis backoff_waited_for{1000};  ///< at most, while a request waits for the payment's end
    /// After its last look at pause, quarantine and the wish to cancel a payment is sent so soon, or looked at again.
    Millis send_within{500};
    unsigned immediate_retries = 2;  ///< of a submit that is proven unsent
    /// Of a rail that refuses late payments for ever: how long after it was prepared a payment may arrive there.
    Millis execute_within{900'000};
    unsigned max_active = 1024;  ///< payments this host works on at once
};

/// Where Commit A put what the saga needs to go on.
struct CommitAPositions {
    std::size_t payment;
    std::size_t job;
};

/// A payment and its invoice as Commit A has stored them, with their versions.
struct Stored {
    Payment payment;
    Invoice invoice;
    std::string payment_text;  ///< the record: after a loss of commits another one can have its version
};

/// What people have to see to, since the saga cannot end it by itself.
struct SagaCounters {
    std::atomic<std::uint64_t> unreadable{0};       ///< times a payment's records could not be read
    std::atomic<std::uint64_t> endings_refused{0};  ///< times an end could not be written, however often it was tried
};

/// Threads: any; one payment is worked on by one coroutine at a time, guarded across hosts by its lease.
/// Errors: what the rail says becomes the payment's state; storage that fails is asked again until it answers.
class Saga {
public:
    struct Parts {
        Store& store;
        const Rails& rails;
        const ledger::Assets& assets;
        BlobSealer& sealer;
        const Clock& clock;
        Executor& executor;
        FaultPoints& faults;
    };
    Saga(Parts parts, SagaSettings settings, std::string worker)
        : parts_(parts), settings_(settings), worker_(std::move(worker)), lease_name_(worker_) {}

    /// Without effect: asks the rail for the bytes to send, and seals them into the payment.
    /// Errors: rejected when the rail will never take it; others may be tried again.
    Task<atr::Result<Payment>> prepare(Payment payment, std::string request_id, std::string traceparent = {});

    /// Adds Commit A's part of this payment: its record as `prepared`, the pending transfer that holds the funds, and
    /// the job born leased to this host.
    CommitAPositions add_commit_a(UnitOfWork& unit, Payment& payment) const;

    /// The first send, by the very process that committed A. `repeats`: of a send that was proven not to have arrived.
    /// `known`: what need not be read again as long as it has the same version.
    Task<> first_send(std::string payment_id, Lease lease, unsigned repeats = 0,
                      std::optional<Stored> known = std::nullopt);

    /// The same, where storage told late that Commit A was made: another host may have taken the payment over
    /// meanwhile, sent it and ended. Its lease, if it is still the one of Commit A, is kept on before anything is sent.
    Task<> first_send_late(std::string payment_id, Lease lease);

    /// After a crash, a pause or an open answer: whoever holds the lease goes on from what storage and rail say.
    Task<> resume(std::string payment_id, Lease lease);

    /// What the rail says of a payment now. Without effect. Errors: those of the rail; rejected when it is not there.
    Task<atr::Result<atr::RailStatus>> look(Payment payment);

    Task<Committed> commit(std::shared_ptr<const UnitOfWork> unit) { return parts_.store.commit(std::move(unit)); }

    /// Gives a lease back, so that a payment this host does not go on with is not renewed with its others. Asks until
    /// storage has answered, as long as the host runs. The payment is due again after `pause`.
    Task<> release(std::string payment_id, Lease lease, Millis pause);
    Task<> release(std::string payment_id, Lease lease) {
        return release(std::move(payment_id), std::move(lease), settings_.backoff_initial);
    }

    /// `tell`: called from any thread with a payment and what keeps it from going on. Set before the first payment.
    void on_trouble(std::function<void(const std::string& payment_id, const std::string& what)> tell) {
        tell_ = std::move(tell);
    }
    /// `tell`: called from any thread with each payment that the saga has ended, as it is stored. Set before the first.
    void on_ended(std::function<void(const Payment&)> tell) { tell_ended_ = std::move(tell); }
    /// `asks`: whether a request waits for this payment at this host; called from any thread. Set before the first.
    void on_waited_for(std::function<bool(const std::string& payment_id)> asks) { is_waited_for_ = std::move(asks); }
    const SagaCounters& counters() const { return counters_; }

    const SagaSettings& settings() const { return settings_; }
    const ledger::Assets& assets() const { return parts_.assets; }
    UnixMillis now() const { return parts_.clock.unix_ms(); }
    /// In whose name this host's next leases are taken, those of Commit A too.
    std::string lease_name() const { return lease_name_.now(); }
    void leave_lease_name() { lease_name_.leave(); }
    void stop() { stopping_ = true; }

private:
    /// A payment with what a step may depend on, as read together.
    struct Case {
        Payment payment;
        Invoice invoice;
        Policy policy;
        Quarantine quarantine;
        std::string available;  ///< funds before this step, decimal text
        Lease lease;
        UnixMillis life_since_ms = 0;      ///< by the store's clock: not before its life began
        UnixMillis held_since_ms = 0;      ///< by the store's clock: no send came before; 0: not known
        UnixMillis sendable_since_ms = 0;  ///< by the store's clock: its not_after was set before; 0: not known
        std::vector<Sent> sent;            ///< calls of submit that are not written down yet
        unsigned repeats = 0;              ///< of a send that was proven not to have arrived, in this process
        bool asked = false;                ///< the move comes from what the rail knows of it (lookup, cancel)

        /// Why nothing may be sent now; empty: it may.
        std::string held_back() const;
        /// This store cannot vouch that nothing of it was sent: it was made before the store was copied.
        bool is_of_another_life() const { return payment.life != quarantine.life; }
    };
    enum class Written { done, lost_lease, changed, failed };

    Task<std::optional<Case>> load(std::string payment_id, Lease lease, std::optional<Stored> known = std::nullopt);
    Task<atr::Result<Case>> load_once(std::string payment_id, Lease lease, std::optional<Stored> known);
    atr::Result<> take_in(Case& work, const atr::Record& record, const std::optional<Stored>& known);
    std::vector<atr::Key> second_keys(const Payment& payment, bool with_invoice) const;
    void count_from_this_life(Case& work, UnixMillis since_ms) const;
    /// After a step was refused because the payment had changed: as it is now; nothing: it has ended, or cannot be
    /// read.
    Task<std::optional<Case>> load_anew(Case before);
    Task<> send(Case work, bool maybe_sent);
    Task<> send_once_more(Case work);
    Task<> send_later(Case work);
    Task<std::optional<Case>> renew(Case work);
    Task<> ask_rail(Case work);
    Task<Move> cancel_at_rail(Payment payment, Move otherwise, atr::RailStatus* status);
    Task<> carry_out(Case work, Move move, atr::RailStatus status);
    Task<> finish(Case work, Move move, atr::RailStatus status);
    Task<atr::Result<std::optional<ledger::Transfer>>> fee_to_book(std::string payment_id, std::string rail,
                                                                   atr::RailStatus status, UnixMillis now);
    static bool tells_fee(const atr::RailStatus& status);
    Task<> park(Case work, Move move, atr::RailStatus status);
    Task<> give_up(std::string payment_id, Lease lease, std::string what, std::string why);
    Task<Committed> commit_until_known(std::shared_ptr<const UnitOfWork> unit);
    Task<Written> write(UnitOfWork unit, Committed* as = nullptr);

    atr::RailPayment rail_payment(const Payment& payment) const;
    atr::Money most_charged(const Payment& payment, const atr::Prepared& prepared) const;
    Situation situation(const Case& work, bool maybe_sent) const;
    bool its_moment_passes(const Case& work) const;
    bool is_inside(const Case& work, std::int64_t window_ms) const;
    void trouble(const std::string& payment_id, const std::string& what) const;
    Millis backoff(const Payment& payment, bool slow) const;

    Parts parts_;
    const SagaSettings settings_;
    const std::string worker_;
    LeaseName lease_name_;
    std::atomic<bool> stopping_{false};
    std::function<void(const std::string&, const std::string&)> tell_;
    std::function<void(const Payment&)> tell_ended_;
    std::function<bool(const std::string&)> is_waited_for_;
    LastDecoded<Policy> policy_;
    LastDecoded<Quarantine> quarantine_;
    SagaCounters counters_;
};

}  // namespace treasurer::payments
