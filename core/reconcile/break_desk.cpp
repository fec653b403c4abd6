#include "reconcile/break_desk.hpp"

#include <algorithm>
#include <set>

#include "auth/persons.hpp"
#include "ledger/accounts.hpp"
#include "ledger/bookkeeping.hpp"
#include "records/invoice.hpp"
#include "records/journal.hpp"
#include "records/payment.hpp"
#include "records/store_life.hpp"
#include "treasury/rollups.hpp"

namespace treasurer::reconcile {
namespace {

constexpr int desk_tries = 6;  ///< while others keep changing the break
constexpr std::size_t votes_that_decide = 2;

BreakResult result(BreakResultKind kind, BreakRecord record = {}) {
    BreakResult out;
    out.kind = kind;
    out.record = std::move(record);
    return out;
}

BreakResult unavailable(const atr::Error& error) {
    BreakResult out;
    out.error = error;
    return out;
}

AuditEntry audit_line(Ids& ids, const BreakRequest& request, std::string done, UnixMillis now) {
    AuditEntry out;
    out.id = ids.next();
    out.at_ms = now;
    out.actor = request.by;
    out.action = std::move(done);
    out.subject = request.break_id;
    out.detail = request.action + (request.reason.empty() ? "" : ": " + request.reason);
    out.request_id = request.request_id;
    return out;
}

/// The books call it unpaid, though its payment moved: the same invoice would be paid again.
bool has_ended_unpaid(const Invoice& invoice) {
    return invoice.status == InvoiceStatus::failed || invoice.status == InvoiceStatus::cancelled ||
           invoice.status == InvoiceStatus::rejected;
}

/// What it books is the whole of a payment, not a fee or a difference.
bool is_a_whole_payment(const Break& what) {
    return what.kind == kind::moved_after_end || what.kind == kind::wrong_rail || what.kind == kind::paid_twice;
}

/// Who speaks, and who proposed. `words` before it were the end of the break once, whoever spoke them: they stand.
std::set<std::string> speakers(const std::vector<BreakVote>& votes, std::size_t words, const std::string& by) {
    std::set<std::string> out{by};
    for (std::size_t i = words; i < votes.size(); ++i) out.insert(votes[i].by);
    return out;
}

}  // namespace

Task<BreakResult> BreakDesk::resolve(BreakRequest request) {
    for (int i = 0; i < desk_tries; ++i) {
        Task<std::optional<BreakResult>> once = resolve_once(request);
        std::optional<BreakResult> out = co_await once;
        if (out) co_return std::move(*out);
    }
    co_return unavailable(atr::retry(ATR_E_OVERLOADED, "the break keeps changing; try again"));
}

Task<std::optional<BreakResult>> BreakDesk::resolve_once(BreakRequest request) {
    Task<atr::Result<std::optional<Quarantine>>> asking_life = store_.find<Quarantine>(Quarantine::key);
    const atr::Result<std::optional<Quarantine>> life = co_await asking_life;
    if (!life) co_return unavailable(life.error());
    Task<atr::Result<std::optional<BreakRecord>>> finding = store_.find<BreakRecord>(request.break_id);
    atr::Result<std::optional<BreakRecord>> found = co_await finding;
    if (!found) co_return unavailable(found.error());
    if (!*found) co_return result(BreakResultKind::not_found);
    BreakRecord record = std::move(**found);
    const bool is_explained = record.state == break_state::explained;
    const bool may_change = record.state == break_state::open || (is_explained && request.action == action::book);
    if (!may_change) co_return result(BreakResultKind::not_open, std::move(record));
    const auto open = actions_of(record.what);
    if (std::find(open.begin(), open.end(), request.action) == open.end())
        co_return result(BreakResultKind::not_open_to_it, std::move(record));

    const UnixMillis now = clock_.unix_ms();
    std::vector<BreakVote>& votes = record.what.votes;
    // The two who explained it stay on record; a proposal to book it all the same comes after their words.
    const std::size_t words = is_explained ? std::min(votes.size(), votes_that_decide) : 0;
    Task<atr::Result<auth::Persons>> asking_who =
        auth::persons_of(store_, speakers(votes, words, request.by), auth::Permission::operate_payments);
    const atr::Result<auth::Persons> persons = co_await asking_who;
    if (!persons) co_return unavailable(persons.error());
    if (!persons->may(request.by)) co_return result(BreakResultKind::not_entitled, std::move(record));
    const bool is_second = votes.size() > words && votes[words].action == request.action &&
                           votes[words].by != request.by && persons->may(votes[words].by);
    UnitOfWork unit = store_.begin();
    check_life(unit, life->value_or(Quarantine{}));
    persons->check(unit);
    if (is_second) {
        votes.push_back({request.by, request.action, request.reason, now});
        const bool is_booked = request.action == action::book;
        if (is_booked) {
            book(unit, record.what, now);
            Task<atr::Result<atr::Unit>> closing = close_invoice(unit, record.what, now);
            const atr::Result<atr::Unit> closed = co_await closing;
            if (!closed) co_return unavailable(closed.error());
        }
        record.state = is_booked ? break_state::booked : break_state::explained;
        record.ended_ms = now;
        record.ended_after = life->value_or(Quarantine{}).release_id;
        unit.create(audit_line(store_.ids(), request, "break." + record.state, now));
    } else {
        votes.resize(words);
        votes.push_back({request.by, request.action, request.reason, now});
        unit.create(audit_line(store_.ids(), request, "break.proposed", now));
    }
    unit.update(record, "break");
    request.once.mark(unit, record.id);
    Task<Committed> committing = store_.commit(std::move(unit));
    const Committed committed = co_await committing;
    if (committed.outcome == atr::Outcome::conflict) co_return std::nullopt;
    if (!committed.ok()) co_return unavailable(committed.failure());
    if (is_second && listener_) listener_(record);
    co_return result(is_second ? BreakResultKind::resolved : BreakResultKind::proposed, std::move(record));
}

/// As money that has moved already: what is available falls with it, below zero if it must.
void BreakDesk::book(UnitOfWork& unit, const Break& what, UnixMillis now) const {
    const Correction& correction = what.correction;
    ledger::Transfer out;
    out.id = correction_id(what);
    out.kind = ledger::TransferKind::direct;
    out.purpose = ledger::purpose::correction;
    out.debit_account = correction.account;
    out.credit_account = ledger::treasury_account(what.rail);
    if (correction.came_back) std::swap(out.debit_account, out.credit_account);
    out.amount = correction.amount;
    out.units = assets_.units(correction.amount).value_or(0);
    out.at_ms = now;
    out.payment_id = what.payment_id;
    out.rail_event_id = what.event_id;
    ledger::book(unit, out);
    treasury::note_correction(unit, out.amount, correction.came_back ? -out.units : out.units, now);
}

/// An invoice that was submitted again stays: the later one holds the claims, and may be paid.
Task<atr::Result<atr::Unit>> BreakDesk::close_invoice(UnitOfWork& unit, Break what, UnixMillis now) {
    if (!is_a_whole_payment(what)) co_return atr::Unit{};
    Task<atr::Result<std::optional<Payment>>> finding = store_.find<Payment>(what.payment_id);
    const atr::Result<std::optional<Payment>> payment = co_await finding;
    if (!payment) co_return payment.error();
    if (!*payment) co_return atr::Unit{};
    Task<atr::Result<std::optional<Invoice>>> reading = store_.find<Invoice>((*payment)->invoice_id);
    atr::Result<std::optional<Invoice>> invoice = co_await reading;
    if (!invoice) co_return invoice.error();
    if (!*invoice || !has_ended_unpaid(**invoice)) co_return atr::Unit{};
    Task<atr::Result<bool>> renewing = claims_.renew_claims(unit, **invoice);
    const atr::Result<bool> renewed = co_await renewing;
    if (!renewed) co_return renewed.error();
    if (!*renewed) co_return atr::Unit{};
    (*invoice)->status = InvoiceStatus::paid;
    (*invoice)->updated_ms = now;
    unit.update(**invoice, "invoice");
    co_return atr::Unit{};
}

}  // namespace treasurer::reconcile
