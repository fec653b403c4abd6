#include "payments/resolver.hpp"

#include "auth/persons.hpp"
#include "payments/ending.hpp"
#include "records/approval.hpp"
#include "records/journal.hpp"
#include "records/store_life.hpp"
#include "runtime/mutation.hpp"

#include <algorithm>
#include <set>

namespace treasurer::payments {
namespace {

constexpr int tries = 6;  ///< while the saga keeps changing the payment

ResolveResult result(ResolveKind kind, Payment payment, std::string reason = {}) {
    ResolveResult out;
    out.kind = kind;
    out.payment = std::move(payment);
    out.reason = std::move(reason);
    return out;
}

ResolveResult unavailable(const atr::Error& error) {
    ResolveResult out;
    out.error = error;
    return out;
}

/// By its record nothing of it can ever have reached the rail.
bool is_unsent(const Payment& payment) {
    return payment.state == PaymentState::waiting_approval ||
           (payment.state == PaymentState::scheduled && !payment.maybe_sent);
}

/// The rail's protection against repeats is of one payment's id, and no person can call an attempt back: neither makes
/// giving the funds back safe.
constexpr const char* late_attempt =
    "an attempt that is still under way may pay after all; reconciliation would then show that money as a break";

bool same(const ResolutionVote& vote, const ResolveRequest& request) {
    return vote.outcome == request.outcome && vote.reference == request.reference;
}

std::set<std::string> speakers(const Payment& payment, const ResolveRequest& request) {
    std::set<std::string> out{request.by};
    for (const auto& vote : payment.resolution) out.insert(vote.by);
    return out;
}

AuditEntry audit_line(Ids& ids, const ResolveRequest& request, std::string action, UnixMillis now) {
    AuditEntry out;
    out.id = ids.next();
    out.at_ms = now;
    out.actor = request.by;
    out.action = std::move(action);
    out.subject = request.payment_id;
    out.detail = request.outcome + (request.reference.empty() ? "" : " as " + request.reference) +
                 (request.reason.empty() ? "" : ": " + request.reason);
    out.request_id = request.request_id;
    return out;
}

}  // namespace

std::vector<Choice> Resolver::choices(const Payment& payment, const std::string& life) const {
    std::vector<Choice> out;
    const std::string amount = payment.amount.to_string();
    const bool is_of_another_life = payment.life != life;
    if (payment.state == PaymentState::unknown) {
        out.push_back({resolution::paid, "books " + amount + " as paid to " + payment.creditor.name +
                                             "; your reference is kept with your word, and reconciliation will look "
                                             "for the movement"});
        // What it may do by itself next is not for people to cross, and what the rail still takes not to be given back.
        if (!payment.needs_human || payment.may_arrive) return out;
        const std::string back = "gives the " + payment.held().to_string() + " back that are held; ";
        out.push_back({resolution::not_paid, back +
                                                 "the invoice may be submitted again, as a payment of its own that "
                                                 "the rail cannot tell for a repeat of this one: if the rail did "
                                                 "receive this one, the vendor is paid twice; " +
                                                 late_attempt});
        out.push_back({resolution::paid_elsewhere, back +
                                                       "the invoice is never paid by this system; if the rail did "
                                                       "receive this payment, the vendor is paid twice; " +
                                                       late_attempt});
    } else if (payment.state == PaymentState::waiting_approval && is_of_another_life) {
        out.push_back(
            {resolution::paid_elsewhere,
             "the invoice is never paid by this system; this store was restored or lost commits, and cannot tell "
             "whether the payment was approved and sent: if it was, the vendor is paid twice"});
    } else if (is_unsent(payment) && !is_of_another_life) {
        out.push_back({resolution::paid_elsewhere, "nothing is sent; the invoice is never paid by this system"});
    }
    return out;
}

/// The store's own; one that never was a copy has none.
Task<atr::Result<Quarantine>> Resolver::quarantine() {
    std::string key = Quarantine::key;
    Task<atr::Result<std::optional<Quarantine>>> finding = parts_.store.find<Quarantine>(std::move(key));
    const atr::Result<std::optional<Quarantine>> found = co_await finding;
    if (!found) co_return found.error();
    co_return found->value_or(Quarantine{});
}

Task<atr::Result<std::string>> Resolver::life() {
    Task<atr::Result<Quarantine>> reading = quarantine();
    const atr::Result<Quarantine> now = co_await reading;
    if (!now) co_return now.error();
    co_return now->life;
}

Task<ResolveResult> Resolver::resolve(ResolveRequest request) {
    for (int i = 0; i < tries; ++i) {
        Task<std::optional<ResolveResult>> once = resolve_once(request);
        std::optional<ResolveResult> out = co_await once;
        if (out) co_return std::move(*out);
    }
    co_return unavailable(atr::retry(ATR_E_OVERLOADED, "the payment keeps changing; try again"));
}

Task<std::optional<ResolveResult>> Resolver::resolve_once(ResolveRequest request) {
    Task<atr::Result<Quarantine>> looking = quarantine();
    const atr::Result<Quarantine> store = co_await looking;
    if (!store) co_return unavailable(store.error());
    Task<atr::Result<std::optional<Payment>>> finding = parts_.store.find<Payment>(request.payment_id);
    atr::Result<std::optional<Payment>> found = co_await finding;
    if (!found) co_return unavailable(found.error());
    if (!*found) co_return result(ResolveKind::not_found, {});
    Payment payment = std::move(**found);
    if (is_final(payment.state)) co_return result(ResolveKind::already_final, std::move(payment));
    Task<atr::Result<auth::Persons>> asking_who =
        auth::persons_of(parts_.store, speakers(payment, request), auth::Permission::operate_payments);
    const atr::Result<auth::Persons> persons = co_await asking_who;
    if (!persons) co_return unavailable(persons.error());
    if (!persons->may(request.by)) co_return result(ResolveKind::not_entitled, std::move(payment));
    const std::vector<Choice> open = choices(payment, store->life);
    const bool may =
        std::any_of(open.begin(), open.end(), [&](const auto& one) { return one.outcome == request.outcome; });
    if (!may) {
        std::string why = "it is " + std::string(to_string(payment.state));
        if (is_unsent(payment) && payment.life == store->life)
            why += ": nothing of it was sent";
        else if (payment.state == PaymentState::unknown && payment.needs_human && payment.may_arrive)
            why += ": the rail may still take it, and will soon refuse it for ever";
        else
            why += ": the rail's word will end it";
        co_return result(ResolveKind::not_open_to_it, std::move(payment), std::move(why));
    }
    const UnixMillis now = parts_.clock.unix_ms();
    UnitOfWork unit = parts_.store.begin();
    check_life(unit, *store);
    persons->check(unit);
    const bool is_second = !payment.resolution.empty() && same(payment.resolution.front(), request) &&
                           persons->may(payment.resolution.front().by) &&
                           (payment.resolution.front().by != request.by || mutated(Mutation::let_one_person_decide));
    if (!is_second) {
        payment.resolution = {{request.by, request.outcome, request.reference, request.reason, now}};
        payment.updated_ms = now;
        check_not_ended(unit, payment);
        unit.update(payment);
        unit.create(audit_line(parts_.store.ids(), request, "payment.resolution_proposed", now));
    } else {
        Task<atr::Result<std::optional<Invoice>>> reading = parts_.store.find<Invoice>(payment.invoice_id);
        atr::Result<std::optional<Invoice>> invoice = co_await reading;
        if (!invoice) co_return unavailable(invoice.error());
        if (!*invoice) co_return unavailable(atr::not_found("the payment's invoice is not in storage"));
        if (payment.state == PaymentState::waiting_approval && !payment.approval_id.empty()) {
            Task<atr::Result<std::optional<Approval>>> asking = parts_.store.find<Approval>(payment.approval_id);
            atr::Result<std::optional<Approval>> approval = co_await asking;
            if (!approval) co_return unavailable(approval.error());
            if (*approval && (*approval)->status == "pending") {
                (*approval)->status = "withdrawn";
                unit.update(**approval);
            }
        }
        payment.resolution.push_back({request.by, request.outcome, request.reference, request.reason, now});
        end(unit, payment, std::move(**invoice), request, now);
    }
    request.once.mark(unit, payment.id);
    Task<Committed> committing = parts_.store.commit(std::move(unit));
    const Committed committed = co_await committing;
    if (committed.outcome == atr::Outcome::conflict) co_return std::nullopt;
    if (!committed.ok()) co_return unavailable(committed.failure());
    co_return result(is_second ? ResolveKind::resolved : ResolveKind::proposed, std::move(payment));
}

/// Its job is left to whoever holds it: a saga that finds the payment ended does no more than end the job.
void Resolver::end(UnitOfWork& unit, Payment& payment, Invoice invoice, const ResolveRequest& request,
                   UnixMillis now) const {
    const std::string persons = payment.resolution.front().by + " and " + request.by;
    Ending ending;
    ending.payment = payment;
    ending.invoice = std::move(invoice);
    ending.actor = request.by;
    ending.action = "payment.resolved";
    ending.request_id = request.request_id;
    if (request.outcome == resolution::paid) {
        ending.move = {Step::post, PaymentState::settled, "resolved by " + persons + ": the rail paid it"};
        ending.invoice_status = InvoiceStatus::paid;
    } else if (request.outcome == resolution::not_paid) {
        ending.move = {Step::void_transfer, PaymentState::failed,
                       "resolved by " + persons + ": the rail did not pay it"};
        ending.invoice_status = InvoiceStatus::failed;
    } else {
        ending.move = {Step::cancel, PaymentState::cancelled,
                       "resolved by " + persons + ": paid elsewhere as " + request.reference};
        ending.invoice_status = InvoiceStatus::paid_elsewhere;
    }
    ending.detail = ending.move.reason + (request.reason.empty() ? "" : "; " + request.reason);
    payment = put_ending(unit, std::move(ending), parts_.assets, parts_.store.ids(), now);
}

}  // namespace treasurer::payments
