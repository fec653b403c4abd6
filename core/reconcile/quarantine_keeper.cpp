#include "reconcile/quarantine_keeper.hpp"

#include <algorithm>

#include "ledger/accounts.hpp"
#include "ledger/balances.hpp"
#include "reconcile/break_book.hpp"
#include "records/journal.hpp"
#include "records/schema.hpp"
#include "runtime/ids.hpp"

namespace treasurer::reconcile {
namespace {

constexpr int tries = 6;

/// The rail whose money the account holds; empty: it is no such account.
std::string rail_of(const std::string& account) {
    const std::string prefix = ledger::treasury_account("");
    return account.starts_with(prefix) ? account.substr(prefix.size()) : std::string();
}

/// Every rail holds what the books say: also nothing that persons explained instead of booking it.
bool has_no_difference(const ReconciliationReport& report) {
    return std::all_of(report.balances.begin(), report.balances.end(),
                       [](const BalanceLine& line) { return line.difference.is_zero(); });
}

/// A movement whose invoice the books may have lost, or call unpaid: booked, it is in the ledger, and the same invoice
/// may come again all the same.
bool may_be_of_a_lost_invoice(const Break& what) {
    return what.kind == kind::left_without_us || what.kind == kind::moved_after_end || what.kind == kind::wrong_rail;
}

/// A payment for which money went out, or is about to, though these books never sent it, or do not have it at all;
/// empty: there is none that was not seen before.
std::string lost_payment(const ReconciliationReport& report, const Quarantine& before) {
    for (const auto& one : report.breaks)
        if (one.kind == kind::left_without_us && is_id(one.payment_id) && one.seen_after == before.release_id)
            return one.payment_id;
    for (const auto& one : report.in_flight)
        if (one.why == in_flight::unknown_payment && is_id(one.payment_id) && one.at_ms > before.released_ms)
            return one.payment_id;
    return {};
}

}  // namespace

Task<atr::Result<Quarantine>> QuarantineKeeper::current() {
    Task<atr::Result<std::optional<Quarantine>>> finding = store_.find<Quarantine>(Quarantine::key);
    atr::Result<std::optional<Quarantine>> found = co_await finding;
    if (!found) co_return found.error();
    Quarantine out = found->value_or(Quarantine{});
    active_ = out.active;
    co_return out;
}

Task<atr::Result<bool>> QuarantineKeeper::consider(const ReconciliationReport& report, std::string life) {
    const bool agrees =
        report.extent == Extent::full && report.equal() && report.unexplained_pending == 0 && has_no_difference(report);
    Task<atr::Result<Quarantine>> reading = current();
    const atr::Result<Quarantine> now = co_await reading;
    if (!now) co_return now.error();
    if (!now->active || !agrees || now->life != life) co_return false;
    Task<atr::Result<bool>> looking = knows_every_rail();
    const atr::Result<bool> complete = co_await looking;
    if (!complete) co_return complete.error();
    if (!*complete) co_return false;
    Task<atr::Result<bool>> asking = persons_dealt_with_a_loss(now->release_id);
    const atr::Result<bool> dealt = co_await asking;
    if (!dealt) co_return dealt.error();
    if (*dealt) co_return false;
    Task<atr::Result<bool>> waiting = is_late_enough(now->life);
    const atr::Result<bool> waited = co_await waiting;
    if (!waited) co_return waited.error();
    if (!*waited) co_return false;
    Task<atr::Result<Quarantine>> releasing =
        lift(now->life, "host:reconciliation",
             "the books equal every rail: " + std::to_string(report.events_checked) + " movements compared", {}, {});
    const atr::Result<Quarantine> released = co_await releasing;
    if (!released && released.outcome() == atr::Outcome::conflict) co_return false;  // another host was first
    if (!released) co_return released.error();
    co_return true;
}

Task<atr::Result<bool>> QuarantineKeeper::suspect(const ReconciliationReport& report) {
    Task<atr::Result<Quarantine>> reading = current();
    const atr::Result<Quarantine> now = co_await reading;
    if (!now) co_return now.error();
    if (now->active) co_return false;
    const std::string lost = lost_payment(report, *now);
    if (lost.empty()) co_return false;
    Task<atr::Result<Quarantine>> entering = enter("money went out for payment " + lost +
                                                   ", which these books did not send: the storage has lost what it had "
                                                   "acknowledged, or another treasurer pays from the same account");
    const atr::Result<Quarantine> entered = co_await entering;
    if (!entered) co_return entered.error();
    co_return true;
}

Task<atr::Result<Quarantine>> QuarantineKeeper::enter(std::string reason) {
    entering_ = true;
    for (int i = 0; i < tries; ++i) {
        Task<atr::Result<Quarantine>> reading = current();
        atr::Result<Quarantine> now = co_await reading;
        if (!now) co_return now.error();
        if (now->active && now->reason == reason) {
            entering_ = false;
            co_return now;
        }
        now->active = true;
        now->life = store_.ids().next();
        now->since_ms = clock_.unix_ms();
        now->entered_ms = 0;
        now->reason = reason;
        AuditEntry entry;
        entry.id = store_.ids().next();
        entry.at_ms = now->since_ms;
        entry.actor = "host:storage";
        entry.action = "quarantine.entered";
        entry.subject = Quarantine::key;
        entry.detail = reason;
        UnitOfWork unit = store_.begin();
        if (now->version == 0)
            unit.create(*now);
        else
            unit.update(*now);
        unit.create(entry);
        Task<Committed> committing = store_.commit(std::move(unit), CommitPipeline::Answer::at_once);
        const Committed committed = co_await committing;
        if (committed.outcome == atr::Outcome::conflict) continue;
        if (!committed.ok()) co_return committed.failure();
        active_ = true;
        entering_ = false;
        if (listener_) listener_(*now);
        co_return now;
    }
    co_return atr::conflict(ATR_E_UNSPEC, "the quarantine was changed by others at the same moment");
}

/// By the store's clock alone: those of the host that entered it and of this one may be hours apart. Only entering
/// writes an active quarantine, and this: so the first stamp is when it was entered, the newest is the present.
Task<atr::Result<bool>> QuarantineKeeper::is_late_enough(std::string life) {
    for (int i = 0; i < 2; ++i) {
        std::vector<atr::Key> keys;
        keys.push_back({Quarantine::collection, Quarantine::key});
        Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
        const atr::Result<std::vector<atr::Record>> found = co_await reading;
        if (!found) co_return found.error();
        if (found->empty()) co_return false;
        atr::Result<Quarantine> now = decode<Quarantine>(found->front());
        if (!now) co_return now.error();
        if (!now->active || now->life != life) co_return false;
        const UnixMillis stamp = found->front().updated_unix_ms;
        if (i > 0) co_return stamp - now->entered_ms >= settings_.at_least.count();
        if (now->entered_ms == 0) now->entered_ms = stamp;
        UnitOfWork unit = store_.begin();
        unit.update(*now);
        Task<Committed> committing = store_.commit(std::move(unit));
        const Committed committed = co_await committing;
        if (committed.outcome == atr::Outcome::conflict) co_return false;  // another host looks too
        if (!committed.ok()) co_return committed.failure();
    }
    co_return false;
}

Task<atr::Result<bool>> QuarantineKeeper::knows_every_rail() {
    Task<atr::Result<std::map<std::string, atr::Int128>>> reading =
        store_.counters_with_prefix(balances_collection, "");
    const atr::Result<std::map<std::string, atr::Int128>> balances = co_await reading;
    if (!balances) co_return balances.error();
    for (const auto& [key, units] : *balances) {
        const auto name = ledger::parse_balance_key(key);
        const std::string rail = name ? rail_of(name->account) : std::string();
        if (!rail.empty() && !rails_.contains(rail)) co_return false;
    }
    co_return !rails_.empty();
}

/// Since the last release: only an admin's word says that the invoices of these movements were found.
Task<atr::Result<bool>> QuarantineKeeper::persons_dealt_with_a_loss(std::string release) {
    BreakBook breaks(store_);
    Task<atr::Result<KnownBreaks>> reading = breaks.read();
    const atr::Result<KnownBreaks> known = co_await reading;
    if (!known) co_return known.error();
    const auto& all = known->all();
    co_return std::any_of(all.begin(), all.end(), [&](const auto& entry) {
        const BreakRecord& one = entry.second;
        return one.state != break_state::open && one.ended_after == release && may_be_of_a_lost_invoice(one.what);
    });
}

Task<atr::Result<Quarantine>> QuarantineKeeper::release(std::string actor, std::string reason, std::string request_id,
                                                        Once once) {
    return lift({}, std::move(actor), std::move(reason), std::move(request_id), std::move(once));
}

/// `life`: the quarantine that is meant; empty: whichever there is.
Task<atr::Result<Quarantine>> QuarantineKeeper::lift(std::string life, std::string actor, std::string reason,
                                                     std::string request_id, Once once) {
    for (int i = 0; i < tries; ++i) {
        Task<atr::Result<Quarantine>> reading = current();
        atr::Result<Quarantine> now = co_await reading;
        if (!now) co_return now.error();
        if (!now->active) co_return atr::conflict(ATR_E_UNSPEC, "the store is not in quarantine");
        if (!life.empty() && now->life != life)
            co_return atr::conflict(ATR_E_UNSPEC, "the quarantine has begun anew meanwhile");
        now->active = false;
        now->release_id = store_.ids().next();
        now->released_ms = clock_.unix_ms();
        now->released_by = actor;
        now->release_reason = reason;
        AuditEntry entry;
        entry.id = store_.ids().next();
        entry.at_ms = now->released_ms;
        entry.actor = actor;
        entry.action = "quarantine.released";
        entry.subject = Quarantine::key;
        entry.detail = reason;
        entry.request_id = request_id;
        UnitOfWork unit = store_.begin();
        unit.update(*now);
        unit.create(entry);
        once.mark(unit, Quarantine::key);
        Task<Committed> committing = store_.commit(std::move(unit));
        const Committed committed = co_await committing;
        if (committed.outcome == atr::Outcome::conflict) continue;
        if (!committed.ok()) co_return committed.failure();
        active_ = false;
        if (listener_) listener_(*now);
        co_return now;
    }
    co_return atr::conflict(ATR_E_UNSPEC, "the quarantine was changed by others at the same moment");
}

}  // namespace treasurer::reconcile
