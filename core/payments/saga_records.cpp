// What the saga reads and writes, until storage answers.
#include "ledger/accounts.hpp"
#include "ledger/balances.hpp"
#include "payments/saga.hpp"
#include "records/schema.hpp"

#include <algorithm>

namespace treasurer::payments {

std::string Saga::Case::held_back() const {
    if (quarantine.active) return "the store is in quarantine until it agrees with the rails";
    return policy.paused ? "payments are paused" : "";
}

Task<Committed> Saga::commit_until_known(UnitOfWork unit) {
    // The pipeline replays an unknown outcome under the unit's own key; here the same unit goes on until storage has
    // answered, because giving up would leave a payment leased to a host that does not work on it.
    for (;;) {
        Task<Committed> committing = parts_.store.commit(unit);
        Committed committed = co_await committing;
        const bool may_pass = committed.outcome == atr::Outcome::retry || committed.outcome == atr::Outcome::unknown;
        if (!may_pass || stopping_) co_return committed;
        co_await delay(parts_.executor, settings_.backoff_initial);
    }
}

/// `as`: where to put what storage said; may be null.
Task<Saga::Written> Saga::write(UnitOfWork unit, Committed* as) {
    Task<Committed> committing = commit_until_known(std::move(unit));
    Committed committed = co_await committing;
    Written out = Written::failed;
    if (committed.ok()) out = Written::done;
    if (committed.outcome == atr::Outcome::conflict)
        out = committed.lost == "lease" ? Written::lost_lease : Written::changed;
    if (as) *as = std::move(committed);
    co_return out;
}

Task<> Saga::release(std::string payment_id, Lease lease, Millis pause) {
    UnitOfWork unit = parts_.store.begin();
    unit.reschedule(payments_queue, std::move(payment_id), lease.token, lease.due_in(pause, parts_.clock.unix_ms()));
    Task<Written> writing = write(std::move(unit));
    co_await writing;  // a lost lease needs no release
}

Task<std::optional<Saga::Case>> Saga::load(std::string payment_id, Lease lease, std::optional<Invoice> known) {
    for (;;) {
        Task<atr::Result<Case>> reading = load_once(payment_id, lease, known);
        atr::Result<Case> work = co_await reading;
        if (work) co_return std::move(*work);
        const bool may_pass = work.outcome() == atr::Outcome::retry || work.outcome() == atr::Outcome::unknown;
        if (!may_pass) {
            ++counters_.unreadable;
            trouble(payment_id, "it cannot be read: " + work.error().message);
        }
        if (!may_pass || stopping_) co_return std::nullopt;
        co_await delay(parts_.executor, settings_.backoff_initial);
    }
}

/// The life that is lost may have prepared it anew, and sent it, up to the moment at which this one began: these books
/// know only an earlier moment, after which the rail would still take it.
void Saga::count_from_this_life(Case& work, UnixMillis since_ms) const {
    work.sendable_since_ms = std::max(work.sendable_since_ms, since_ms);
    if (work.payment.not_after_ms == 0) return;
    const UnixMillis latest = work.quarantine.since_ms + settings_.execute_within.count();
    work.payment.not_after_ms = std::max(work.payment.not_after_ms, latest);
}

Task<std::optional<Saga::Case>> Saga::load_anew(Case before) {
    Task<std::optional<Case>> reading = load(before.payment.id, before.lease);
    std::optional<Case> fresh = co_await reading;
    if (!fresh || is_final(fresh->payment.state)) co_return std::nullopt;
    fresh->sent = std::move(before.sent);
    fresh->repeats = before.repeats;
    co_return fresh;
}

Task<atr::Result<Saga::Case>> Saga::load_once(std::string payment_id, Lease lease, std::optional<Invoice> known) {
    Case out;
    out.lease = std::move(lease);
    UnixMillis life_since_ms = 0;  // by the store's clock: not before the life began
    CommitPipeline& pipeline = parts_.store.pipeline();
    const bool was_in_doubt = pipeline.in_doubt();
    const std::uint64_t lineage = pipeline.newest().known().lineage;
    std::vector<atr::Key> first;
    first.push_back({Payment::collection, std::move(payment_id)});
    first.push_back({Policy::collection, Policy::current});
    first.push_back({Quarantine::collection, Quarantine::key});
    Task<atr::Result<std::vector<atr::Record>>> reading = parts_.store.get(std::move(first));
    atr::Result<std::vector<atr::Record>> records = co_await reading;
    if (!records) co_return records.error();
    for (const auto& record : *records) {
        if (record.collection == Payment::collection) {
            atr::Result<Payment> payment = decode<Payment>(record);
            if (!payment) co_return payment.error();
            out.payment = std::move(*payment);
            // Since it was made sendable nothing else was written, but perhaps the wish to cancel it.
            out.sendable_since_ms =
                out.payment.state == PaymentState::prepared ? record.updated_unix_ms : out.payment.sendable_ms;
            // Of a job born leased nobody tells the store's time: it is not before this was written.
            if (!out.lease.knows_the_store()) out.lease.learn(record.updated_unix_ms, parts_.clock.unix_ms());
        } else if (record.collection == Quarantine::collection) {
            atr::Result<Quarantine> quarantine = decode<Quarantine>(record);
            if (!quarantine) co_return quarantine.error();
            out.quarantine = std::move(*quarantine);
            life_since_ms = out.quarantine.entered_ms > 0 ? out.quarantine.entered_ms : record.updated_unix_ms;
        } else {
            atr::Result<Policy> policy = decode<Policy>(record);
            if (!policy) co_return policy.error();
            out.policy = std::move(*policy);
        }
    }
    if (out.payment.id.empty()) co_return atr::not_found("the payment is not in storage");
    if (out.is_of_another_life()) count_from_this_life(out, life_since_ms);

    const std::string balance = ledger::balance_key(
        out.payment.amount.asset, ledger::treasury_account(out.payment.rail), ledger::Figure::available);
    std::vector<atr::Key> second;
    if (known && known->id == out.payment.invoice_id)
        out.invoice = std::move(*known);
    else
        second.push_back({Invoice::collection, out.payment.invoice_id});
    second.push_back({balances_collection, balance});
    const RailPort* const rail = parts_.rails.find(out.payment.rail);
    const bool has_times = out.payment.not_after_ms != 0 || (rail && rail->capabilities().idempotency_window_ms > 0);
    if (has_times) second.push_back({ledger::Transfer::collection, out.payment.transfer_id});
    Task<atr::Result<std::vector<atr::Record>>> more = parts_.store.get(std::move(second));
    records = co_await more;
    if (!records) co_return records.error();
    for (const auto& record : *records) {
        if (record.collection == Invoice::collection) {
            atr::Result<Invoice> invoice = decode<Invoice>(record);
            if (!invoice) co_return invoice.error();
            out.invoice = std::move(*invoice);
        } else if (record.collection == ledger::Transfer::collection) {
            out.held_since_ms = record.updated_unix_ms;
            out.sendable_since_ms = std::max(out.sendable_since_ms, out.held_since_ms);
        } else if (const auto units = atr::units_from_string(record.body)) {
            out.available = parts_.assets.amount(out.payment.amount.asset, *units).value_or(atr::Decimal{}).to_string();
        }
    }
    if (out.invoice.id.empty()) co_return atr::not_found("the payment's invoice is not in storage");
    // This host knows already what the store is only being told, or was told after it was read.
    const bool went_back = pipeline.newest().known().lineage != lineage;
    if (was_in_doubt || pipeline.in_doubt() || went_back) out.quarantine.active = true;
    co_return out;
}

}  // namespace treasurer::payments
