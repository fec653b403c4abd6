#include "intake/paid_elsewhere.hpp"

#include "auth/persons.hpp"
#include "intake/desk_records.hpp"
#include "intake/taken_claims.hpp"
#include "records/store_life.hpp"
#include "records/vendor.hpp"

#include <set>

namespace treasurer::intake {
namespace {

using payments::ResolveKind;
using payments::ResolveResult;

constexpr int most_tries = 6;  ///< while others change the invoice

ResolveResult ends_as(ResolveKind kind, Payment payment, std::string reason = {}) {
    ResolveResult out;
    out.kind = kind;
    out.payment = std::move(payment);
    out.reason = std::move(reason);
    return out;
}

ResolveResult cannot_now(const atr::Error& error) {
    ResolveResult out;
    out.error = error;
    return out;
}

bool has_ended_unpaid(const Payment& payment) {
    return is_final(payment.state) && payment.state != PaymentState::settled;
}

std::set<std::string> speakers(const Invoice& invoice, const payments::ResolveRequest& request) {
    std::set<std::string> out{request.by};
    for (const auto& vote : invoice.resolution) out.insert(vote.by);
    return out;
}

}  // namespace

Task<ResolveResult> PaidElsewhere::record(payments::ResolveRequest request) {
    for (int i = 0; i < most_tries; ++i) {
        Task<std::optional<ResolveResult>> once = record_once(request);
        std::optional<ResolveResult> out = co_await once;
        if (out) co_return std::move(*out);
    }
    co_return cannot_now(atr::retry(ATR_E_OVERLOADED, "the invoice keeps changing; try again"));
}

Task<atr::Result<PaidElsewhere::Held>> PaidElsewhere::claims_held(Invoice invoice) {
    std::vector<atr::Key> keys;
    std::set<std::string> exclusive;
    for (auto& claim : claims_of(claim_subject(invoice))) {
        if (!is_question(claim.kind)) exclusive.insert(claim.key);
        keys.push_back({ClaimRecord::collection, std::move(claim.key)});
    }
    Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
    const atr::Result<std::vector<atr::Record>> records = co_await reading;
    if (!records) co_return records.error();
    Held out;
    for (const auto& raw : *records) {
        atr::Result<ClaimRecord> claim = decode<ClaimRecord>(raw);
        if (!claim) co_return claim.error();
        const bool is_its_own = claim->is_held_by(invoice.id);
        if (!is_its_own && exclusive.contains(claim->id)) out.other = claim->holders.front().invoice_id;
        if (is_its_own) out.claims.push_back(std::move(*claim));
    }
    co_return out;
}

Task<std::optional<ResolveResult>> PaidElsewhere::record_once(payments::ResolveRequest request) {
    Task<atr::Result<std::optional<Quarantine>>> asking_life = store_.find<Quarantine>(Quarantine::key);
    const atr::Result<std::optional<Quarantine>> life = co_await asking_life;
    if (!life) co_return cannot_now(life.error());
    Task<atr::Result<std::optional<Payment>>> finding = store_.find<Payment>(request.payment_id);
    atr::Result<std::optional<Payment>> found = co_await finding;
    if (!found) co_return cannot_now(found.error());
    if (!*found) co_return ends_as(ResolveKind::not_found, {});
    Payment payment = std::move(**found);
    if (!has_ended_unpaid(payment)) co_return ends_as(ResolveKind::already_final, std::move(payment));
    Task<atr::Result<std::optional<Invoice>>> reading = store_.find<Invoice>(payment.invoice_id);
    atr::Result<std::optional<Invoice>> read = co_await reading;
    if (!read) co_return cannot_now(read.error());
    if (!*read) co_return cannot_now(atr::not_found("the payment's invoice is not in storage"));
    Invoice invoice = std::move(**read);
    // Money that moved after the payment's end makes the invoice paid: then nothing is left to say.
    if (invoice.status == InvoiceStatus::paid_elsewhere || invoice.status == InvoiceStatus::paid)
        co_return ends_as(ResolveKind::already_final, std::move(payment));
    Task<atr::Result<auth::Persons>> asking_who =
        auth::persons_of(store_, speakers(invoice, request), auth::Permission::operate_payments);
    const atr::Result<auth::Persons> persons = co_await asking_who;
    if (!persons) co_return cannot_now(persons.error());
    if (!persons->may(request.by)) co_return ends_as(ResolveKind::not_entitled, std::move(payment));
    Task<atr::Result<Held>> looking = claims_held(invoice);
    const atr::Result<Held> held = co_await looking;
    if (!held) co_return cannot_now(held.error());
    if (!held->other.empty())
        co_return ends_as(ResolveKind::not_open_to_it, std::move(payment),
                          "its invoice was submitted again, as " + held->other);
    if (held->claims.empty())
        co_return ends_as(ResolveKind::not_open_to_it, std::move(payment), "its invoice holds no claims");

    const UnixMillis now = clock_.unix_ms();
    std::vector<ResolutionVote>& votes = invoice.resolution;
    const bool is_second = !votes.empty() && votes.front().reference == request.reference &&
                           votes.front().by != request.by && persons->may(votes.front().by);
    if (!is_second) votes.clear();
    votes.push_back({request.by, request.outcome, request.reference, request.reason, now});
    invoice.updated_ms = now;
    UnitOfWork unit = store_.begin();
    check_life(unit, life->value_or(Quarantine{}));
    persons->check(unit);
    if (is_second) {
        invoice.status = InvoiceStatus::paid_elsewhere;
        // Written anew, not only checked: a resubmission that took the invoice for unpaid has seen the old version, and
        // its unit is refused.
        for (const auto& claim : held->claims) unit.update(claim, "claim");
    }
    unit.update(invoice, "invoice");
    unit.create(audit_line(store_.ids(), now, request.by,
                           is_second ? "invoice.paid_elsewhere" : "invoice.paid_elsewhere_proposed", invoice.id,
                           "as " + request.reference + (request.reason.empty() ? "" : ": " + request.reason),
                           request.request_id));
    request.once.mark(unit, payment.id);
    Task<Committed> committing = store_.commit(std::move(unit));
    const Committed committed = co_await committing;
    if (committed.outcome == atr::Outcome::conflict) co_return std::nullopt;
    if (!committed.ok()) co_return cannot_now(committed.failure());
    co_return ends_as(is_second ? ResolveKind::resolved : ResolveKind::proposed, std::move(payment));
}

Task<atr::Result<bool>> PaidElsewhere::renew_claims(UnitOfWork& unit, Invoice invoice) {
    Task<atr::Result<Held>> looking = claims_held(std::move(invoice));
    const atr::Result<Held> held = co_await looking;
    if (!held) co_return held.error();
    if (!held->other.empty() || held->claims.empty()) co_return false;
    for (const auto& claim : held->claims) unit.update(claim, "claim");
    co_return true;
}

}  // namespace treasurer::intake
