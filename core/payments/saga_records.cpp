// What the saga reads and writes, until storage answers.
#include "ledger/accounts.hpp"
#include "ledger/balances.hpp"
#include "payments/saga.hpp"
#include "records/prefetch.hpp"
#include "records/schema.hpp"

#include <algorithm>

namespace treasurer::payments {

std::string Saga::Case::held_back() const {
    if (quarantine.active) return "the store is in quarantine until it agrees with the rails";
    return policy.paused ? "payments are paused" : "";
}

Task<Committed> Saga::commit_until_known(std::shared_ptr<const UnitOfWork> unit) {
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
    Task<Committed> committing = commit_until_known(std::make_shared<const UnitOfWork>(std::move(unit)));
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

Task<std::optional<Saga::Case>> Saga::load(std::string payment_id, Lease lease, std::optional<Stored> known) {
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

/// What else a step depends on, once it is known which payment it is.
std::vector<atr::Key> Saga::second_keys(const Payment& payment, bool with_invoice) const {
    std::vector<atr::Key> out;
    if (with_invoice) out.push_back({Invoice::collection, payment.invoice_id});
    out.push_back(
        {balances_collection,
         ledger::balance_key(payment.amount.asset, ledger::treasury_account(payment.rail), ledger::Figure::available)});
    const RailPort* const rail = parts_.rails.find(payment.rail);
    const bool has_times = payment.not_after_ms != 0 || (rail && rail->capabilities().idempotency_window_ms > 0);
    if (has_times) out.push_back({ledger::Transfer::collection, payment.transfer_id});
    return out;
}

atr::Result<> Saga::take_in(Case& work, const atr::Record& record, const std::optional<Stored>& known) {
    if (record.collection == Payment::collection) {
        const bool is_as_stored = known && known->payment.id == record.key &&
                                  known->payment.version == record.version && known->payment_text == record.body;
        atr::Result<Payment> payment = is_as_stored ? known->payment : decode<Payment>(record);
        if (!payment) return payment.error();
        work.payment = std::move(*payment);
        // Since it was made sendable nothing else was written, but perhaps the wish to cancel it.
        work.sendable_since_ms =
            work.payment.state == PaymentState::prepared ? record.updated_unix_ms : work.payment.sendable_ms;
        // Of a job born leased nobody tells the store's time: it is not before this was written.
        if (!work.lease.knows_the_store()) work.lease.learn(record.updated_unix_ms, parts_.clock.unix_ms());
    } else if (record.collection == Quarantine::collection) {
        atr::Result<Quarantine> quarantine = quarantine_.of(record);
        if (!quarantine) return quarantine.error();
        work.quarantine = std::move(*quarantine);
        work.life_since_ms = work.quarantine.entered_ms > 0 ? work.quarantine.entered_ms : record.updated_unix_ms;
    } else if (record.collection == Policy::collection) {
        atr::Result<Policy> policy = policy_.of(record);
        if (!policy) return policy.error();
        work.policy = std::move(*policy);
    } else if (record.collection == Invoice::collection) {
        atr::Result<Invoice> invoice = decode<Invoice>(record);
        if (!invoice) return invoice.error();
        work.invoice = std::move(*invoice);
    } else if (record.collection == ledger::Transfer::collection) {
        work.held_since_ms = record.updated_unix_ms;
        work.sendable_since_ms = std::max(work.sendable_since_ms, work.held_since_ms);
    } else if (const auto units = atr::units_from_string(record.body)) {
        work.available = parts_.assets.amount(work.payment.amount.asset, *units).value_or(atr::Decimal{}).to_string();
    }
    return {};
}

Task<atr::Result<Saga::Case>> Saga::load_once(std::string payment_id, Lease lease, std::optional<Stored> known) {
    Case out;
    out.lease = std::move(lease);
    CommitPipeline& pipeline = parts_.store.pipeline();
    const bool was_in_doubt = pipeline.in_doubt();
    const std::uint64_t lineage = pipeline.newest().known().lineage;
    Prefetch records(parts_.store);
    std::vector<atr::Key> first;
    first.push_back({Payment::collection, std::move(payment_id)});
    first.push_back({Policy::collection, Policy::current});
    first.push_back({Quarantine::collection, Quarantine::key});
    if (known) {
        std::vector<atr::Key> all = second_keys(known->payment, false);
        all.insert(all.end(), first.begin(), first.end());
        Task<atr::Result<>> prefetching = records.read(std::move(all));
        const atr::Result<> read = co_await prefetching;
        if (!read) co_return read.error();
    }
    Task<atr::Result<std::vector<atr::Record>>> reading = records.get(std::move(first));
    atr::Result<std::vector<atr::Record>> found = co_await reading;
    if (!found) co_return found.error();
    for (const auto& record : *found)
        if (const atr::Result<> taken = take_in(out, record, known); !taken) co_return taken.error();
    if (out.payment.id.empty()) co_return atr::not_found("the payment is not in storage");
    if (out.is_of_another_life()) count_from_this_life(out, out.life_since_ms);

    const bool has_invoice = known && known->invoice.id == out.payment.invoice_id;
    if (has_invoice) out.invoice = std::move(known->invoice);
    Task<atr::Result<std::vector<atr::Record>>> more = records.get(second_keys(out.payment, !has_invoice));
    found = co_await more;
    if (!found) co_return found.error();
    for (const auto& record : *found)
        if (const atr::Result<> taken = take_in(out, record, known); !taken) co_return taken.error();
    if (out.invoice.id.empty()) co_return atr::not_found("the payment's invoice is not in storage");
    // This host knows already what the store is only being told, or was told after it was read.
    const bool went_back = pipeline.newest().known().lineage != lineage;
    if (was_in_doubt || pipeline.in_doubt() || went_back) out.quarantine.active = true;
    co_return out;
}

}  // namespace treasurer::payments
