#include "intake/approval_desk.hpp"

#include <algorithm>
#include <set>

#include "intake/desk_records.hpp"
#include "intake/doubtful_closing.hpp"
#include "intake/funds_while_waiting.hpp"
#include "intake/invoice_desk.hpp"
#include "intake/pay_now.hpp"
#include "intake/payload_hash.hpp"
#include "intake/taken_claims.hpp"
#include "ledger/bookkeeping.hpp"
#include "payments/ending.hpp"
#include "payments/waiting_hold.hpp"
#include "ports/plain_reason.hpp"
#include "records/store_life.hpp"
#include "runtime/mutation.hpp"
#include "treasury/rollups.hpp"

namespace treasurer::intake {
namespace {

constexpr int tries = 6;

ApprovalResult result(ApprovalKind kind, Approval approval, std::string reason) {
    ApprovalResult out;
    out.kind = kind;
    out.approval = std::move(approval);
    out.reason = std::move(reason);
    return out;
}

std::string expired_so(const Payment& payment) {
    return payment.state == PaymentState::cancelled
               ? "submit the invoice again"
               : "the store was restored or lost commits meanwhile, so the rail is asked whether it was paid";
}

std::string how_it_stands(const Invoice& invoice) {
    if (invoice.status == InvoiceStatus::processing) return "is being paid";
    if (invoice.status != InvoiceStatus::waiting_approval) return "is paid";
    return "waits, and may have been paid before the store was restored or lost commits: decide on that one first";
}

std::string with_reason(std::string by, const std::string& reason) {
    return reason.empty() ? std::move(by) : std::move(by) + ": " + reason;
}

std::string why_closed(const std::string& status, const ApprovalRequest& request) {
    return status == "rejected" ? with_reason("rejected by " + request.by, request.reason) : "the approval expired";
}

/// What the decision's trace ends with, once persons have decided.
std::string approved_by(const Approval& approval) {
    std::string out;
    for (const auto& word : approval.given)
        out += (out.empty() ? " Approved by " : "; ") + with_reason(word.by, word.reason);
    return out + ".";
}

/// A person's word, in the place of an earlier one.
void note_approval(Approval& approval, const ApprovalRequest& request, UnixMillis now) {
    if (!mutated(Mutation::count_words_not_persons))
        std::erase_if(approval.given, [&](const Verdict& one) { return one.by == request.by; });
    approval.given.push_back({request.by, "approve", request.reason, now});
}

ApprovalResult not_decided(const atr::Error& error) {
    ApprovalResult out = result(ApprovalKind::unavailable, {}, error.message);
    out.standing.perhaps_stored = error.outcome == atr::Outcome::unknown;
    return out;
}

}  // namespace

Task<ApprovalResult> ApprovalDesk::approve(ApprovalRequest request) {
    for (int i = 0; i < tries; ++i) {
        Task<std::optional<ApprovalResult>> once = approve_once(request);
        std::optional<ApprovalResult> out = co_await once;
        if (out) co_return std::move(*out);
    }
    co_return not_decided(atr::retry(ATR_E_OVERLOADED, "what the approval rests on kept changing; try again"));
}

Task<ApprovalResult> ApprovalDesk::reject(ApprovalRequest request) {
    for (int i = 0; i < tries; ++i) {
        Task<std::optional<ApprovalResult>> once = reject_once(request);
        std::optional<ApprovalResult> out = co_await once;
        if (out) co_return std::move(*out);
    }
    co_return not_decided(atr::retry(ATR_E_OVERLOADED, "the approval kept changing; try again"));
}

Task<ApprovalResult> ApprovalDesk::standing(std::string approval_id) {
    Task<atr::Result<std::optional<Approval>>> finding = parts_.store.find<Approval>(std::move(approval_id));
    atr::Result<std::optional<Approval>> approval = co_await finding;
    if (!approval) co_return not_decided(approval.error());
    if (!*approval) co_return result(ApprovalKind::not_found, {}, "no approval has this id");
    std::optional<Open> opened;
    Task<ApprovalResult> loading = load(std::move(**approval), &opened);
    ApprovalResult out = co_await loading;
    if (!opened) co_return out;
    const bool has_expired = opened->approval.status == "expired";
    out = result(has_expired ? ApprovalKind::expired : ApprovalKind::done, std::move(opened->approval),
                 has_expired ? expired_so(opened->payment) : "");
    out.standing.invoice = std::move(opened->invoice);
    out.standing.payment = std::move(opened->payment);
    co_return out;
}

Task<bool> ApprovalDesk::expire(Approval approval) {
    std::optional<Open> opened;
    Task<ApprovalResult> loading = load(std::move(approval), &opened);
    const ApprovalResult loaded = co_await loading;
    if (!opened || !may_expire(*opened)) co_return false;
    ApprovalRequest request;
    request.by = "system";
    Task<std::optional<ApprovalResult>> closing =
        close(std::move(*opened), {std::move(request), "expired", InvoiceStatus::cancelled});
    const std::optional<ApprovalResult> closed = co_await closing;
    co_return closed && closed->kind == ApprovalKind::expired;
}

/// The rule for a hold is that for the approval it was taken for, whether or not anything is held.
bool ApprovalDesk::may_expire(const Open& work) const {
    const bool is_open = work.approval.status == "pending" || mutated(Mutation::expire_a_hold_with_a_blob);
    const UnixMillis now = parts_.clock.unix_ms();
    ledger::Transfer hold = payments::hold_of(work.payment, parts_.saga.assets(), now);
    hold.expires_ms = work.approval.expires_ms;
    return is_open && ledger::may_expire(hold, !work.payment.prepared_blob.empty(), now);
}

Task<ApprovalResult> ApprovalDesk::open(ApprovalRequest request, std::optional<Open>* out) {
    Task<atr::Result<std::optional<Approval>>> finding = parts_.store.find<Approval>(request.approval_id);
    atr::Result<std::optional<Approval>> approval = co_await finding;
    if (!approval) co_return not_decided(approval.error());
    if (!*approval) co_return result(ApprovalKind::not_found, {}, "no approval has this id");
    Approval asked = std::move(**approval);
    if (asked.status != "pending") co_return result(ApprovalKind::not_pending, asked, "it is already " + asked.status);
    if (asked.submitted_by == request.by)
        co_return result(ApprovalKind::own_submission, asked, "who submits an invoice may not decide on it");
    if (asked.payload_hash != request.payload_hash)
        co_return result(ApprovalKind::payload_changed, asked, "the hash given is not that of what would be paid");
    std::optional<Open> work;
    Task<ApprovalResult> loading = load(std::move(asked), &work);
    ApprovalResult loaded = co_await loading;
    if (!work) co_return loaded;
    Task<ApprovalResult> judging = judge_persons(std::move(*work), std::move(request.by), out);
    co_return co_await judging;
}

/// The words of those who may not decide any more are dropped.
Task<ApprovalResult> ApprovalDesk::judge_persons(Open work, std::string by, std::optional<Open>* out) {
    std::set<std::string> names{by};
    for (const auto& word : work.approval.given) names.insert(word.by);
    Task<atr::Result<auth::Persons>> reading =
        auth::persons_of(parts_.store, std::move(names), auth::Permission::decide_approvals);
    atr::Result<auth::Persons> persons = co_await reading;
    if (!persons) co_return not_decided(persons.error());
    if (!persons->may(by)) co_return result(ApprovalKind::not_entitled, std::move(work.approval), {});
    std::erase_if(work.approval.given, [&](const Verdict& one) { return !persons->may(one.by); });
    work.persons = std::move(*persons);
    *out = std::move(work);
    co_return result(ApprovalKind::done, {}, {});
}

Task<ApprovalResult> ApprovalDesk::load(Approval approval, std::optional<Open>* out) {
    Open work;
    work.approval = std::move(approval);
    Task<atr::Result<std::optional<Payment>>> paying = parts_.store.find<Payment>(work.approval.payment_id);
    atr::Result<std::optional<Payment>> payment = co_await paying;
    if (!payment) co_return not_decided(payment.error());
    Task<atr::Result<std::optional<Invoice>>> reading = parts_.store.find<Invoice>(work.approval.invoice_id);
    atr::Result<std::optional<Invoice>> invoice = co_await reading;
    if (!invoice) co_return not_decided(invoice.error());
    if (!*payment || !*invoice)
        co_return result(ApprovalKind::not_found, work.approval, "its payment or invoice is not in storage");
    std::string key = Quarantine::key;
    Task<atr::Result<std::optional<Quarantine>>> looking = parts_.store.find<Quarantine>(std::move(key));
    atr::Result<std::optional<Quarantine>> store = co_await looking;
    if (!store) co_return not_decided(store.error());
    work.store = store->value_or(Quarantine{});
    work.payment = std::move(**payment);
    work.invoice = std::move(**invoice);
    *out = std::move(work);
    co_return result(ApprovalKind::done, {}, {});
}

Task<std::optional<ApprovalResult>> ApprovalDesk::approve_once(ApprovalRequest request) {
    std::optional<Open> opened;
    Task<ApprovalResult> opening = open(request, &opened);
    ApprovalResult problem = co_await opening;
    if (!opened) co_return problem;
    Open work = std::move(*opened);
    if (may_expire(work)) {
        Task<std::optional<ApprovalResult>> expiring =
            close(std::move(work), {std::move(request), "expired", InvoiceStatus::cancelled});
        co_return co_await expiring;
    }

    FactsFinder::OwnHold own;
    if (payments::waiting_hold(work.payment, parts_.saga.assets(), 0)) own = {work.payment.rail, work.payment.held()};
    Task<atr::Result<Judgement>> judging = parts_.facts.judge_to_pay(work.invoice, std::move(own));
    atr::Result<Judgement> known = co_await judging;
    if (!known) co_return not_decided(known.error());
    const UnixMillis now = parts_.clock.unix_ms();
    Payment payable = payment_for(work.invoice, *known, work.payment.id, work.payment.created_ms);
    payable.life = work.payment.life;
    payable.approval_id = work.approval.id;
    payable.history = work.payment.history;
    payable.state = work.payment.state;
    payable.version = work.payment.version;
    // What is asked comes first: with a payee that is known by now, a rail can be asked about either of two.
    const bool is_changed = payable.payload_hash != work.payment.payload_hash;
    if (known->duplicate_of && !is_changed)
        co_return result(ApprovalKind::obstacle, work.approval,
                         "this is the same invoice as " + known->duplicate_of->id + ", which " +
                             how_it_stands(*known->duplicate_of));
    std::string told;
    for (const auto& question : known->questions())
        if (work.approval.ask(question)) told += "; asked as well: " + question.detail;
    if (!told.empty() || is_changed) {
        Task<std::optional<ApprovalResult>> rebinding =
            rebind(std::move(work), std::move(payable), std::move(*known), request, std::move(told));
        co_return co_await rebinding;
    }
    const std::vector<Reason> obstacles = known->decision.obstacles();
    if (!obstacles.empty()) co_return result(ApprovalKind::obstacle, work.approval, obstacles.front().detail);
    work.approval.required = known->policy.approvals_for(payable.amount);
    if (!work.approval.is_enough_with(request.by)) {
        Task<std::optional<ApprovalResult>> giving = give(std::move(work), std::move(request), *known);
        co_return co_await giving;
    }

    Task<atr::Result<Payment>> preparing =
        parts_.saga.prepare(std::move(payable), request.request_id, request.traceparent);
    atr::Result<Payment> prepared = co_await preparing;
    if (!prepared) {
        if (prepared.outcome() == atr::Outcome::rejected)
            co_return result(ApprovalKind::obstacle, work.approval,
                             "the payment rail will not take it: " + plain_reason(prepared.error(), "the rail"));
        co_return not_decided(prepared.error());
    }
    Payment payment = std::move(*prepared);
    const std::string too_little = shortage(payment, known->facts);
    if (!too_little.empty()) co_return result(ApprovalKind::obstacle, work.approval, too_little);
    note_approval(work.approval, request, now);
    work.approval.status = "approved";
    work.invoice.status = InvoiceStatus::processing;
    work.invoice.updated_ms = now;
    work.invoice.thought += approved_by(work.approval);
    if (known->vendor) work.invoice.vendor_id = known->vendor->id;

    UnitOfWork unit = parts_.store.begin();
    check_life(unit, work.store);
    work.persons.check(unit);
    // What was held while it waited goes into the payment's own hold: in one unit, it is neither held twice nor free.
    payments::end_waiting_hold(unit, work.payment, parts_.saga.assets(), now);
    unit.update(work.approval);
    unit.update(work.invoice);
    take_claims(unit, work.invoice, *known);
    unit.create(audit_line(parts_.store.ids(), now, request.by, "approval.approved", work.approval.id, request.reason,
                           request.request_id));
    request.once.mark(unit, work.approval.id);
    unit.check(Policy::collection, Policy::current, known->policy.version, "policy");
    if (known->vendor) unit.check(Vendor::collection, known->vendor->id, known->vendor->version, "vendor");
    SubmitResult standing;
    standing.invoice = std::move(work.invoice);
    standing.payment = std::move(payment);
    Task<atr::Result<SubmitResult>> paying = pay_now(parts_.store, parts_.saga, parts_.runner, std::move(unit),
                                                     std::move(standing), atr::Decimal{}, request.wait, parts_.effect);
    atr::Result<SubmitResult> paid = co_await paying;
    if (!paid && paid.outcome() == atr::Outcome::conflict) co_return std::nullopt;
    if (!paid) co_return not_decided(paid.error());
    ApprovalResult out = result(ApprovalKind::done, std::move(work.approval), paid->reason);
    out.standing = std::move(*paid);
    co_return out;
}

Task<std::optional<ApprovalResult>> ApprovalDesk::give(Open work, ApprovalRequest request, const Judgement& known) {
    const UnixMillis now = parts_.clock.unix_ms();
    note_approval(work.approval, request, now);
    UnitOfWork unit = parts_.store.begin();
    check_life(unit, work.store);
    work.persons.check(unit);
    payments::check_not_ended(unit, work.payment);
    unit.check(Policy::collection, Policy::current, known.policy.version, "policy");
    unit.update(work.approval);
    unit.create(audit_line(parts_.store.ids(), now, request.by, "approval.given", work.approval.id, request.reason,
                           request.request_id));
    request.once.mark(unit, work.approval.id);
    Task<Committed> committing = parts_.store.commit(std::move(unit));
    const Committed committed = co_await committing;
    if (committed.outcome == atr::Outcome::conflict) co_return std::nullopt;
    if (!committed.ok()) co_return not_decided(committed.failure());
    ApprovalResult out = result(ApprovalKind::done, std::move(work.approval), {});
    out.standing.kind = SubmitKind::waiting_approval;
    out.standing.invoice = std::move(work.invoice);
    out.standing.payment = std::move(work.payment);
    co_return out;
}

Task<std::optional<ApprovalResult>> ApprovalDesk::rebind(Open work, Payment now_payable, Judgement known,
                                                         const ApprovalRequest& request, std::string told) {
    // The vendor master changed since the person was asked, or another invoice was paid: ask again, for what is true
    // now.
    const UnixMillis now = parts_.clock.unix_ms();
    std::string gone;
    for (const auto& word : work.approval.given)
        gone += (gone.empty() ? "; no longer counts what was said by " : ", ") + word.by;
    const std::string bound = payload_hash_anew(work.approval, work.payment, now_payable, told);
    const std::string change = "payload " + work.approval.payload_hash + " became " + bound + gone + told;
    work.approval.payload_hash = bound;
    work.approval.given.clear();
    work.approval.required = known.policy.approvals_for(now_payable.amount);
    UnitOfWork unit = parts_.store.begin();
    check_life(unit, work.store);
    work.persons.check(unit);
    payments::check_not_ended(unit, work.payment);
    payments::end_waiting_hold(unit, work.payment, parts_.saga.assets(), now);
    reserve_while_waiting(unit, now_payable, work.approval, known, parts_.saga.assets(), parts_.store.ids(), now);
    unit.update(work.approval);
    unit.update(now_payable);
    unit.create(audit_line(parts_.store.ids(), now, request.by, "approval.asked_again", work.approval.id, change,
                           request.request_id));
    Task<Committed> committing = parts_.store.commit(std::move(unit));
    const Committed committed = co_await committing;
    if (committed.outcome == atr::Outcome::conflict) co_return std::nullopt;  // the new hash is not stored
    if (!committed.ok()) co_return not_decided(committed.failure());
    co_return result(
        ApprovalKind::payload_changed, std::move(work.approval),
        "what is asked changed since the approval was asked for (payee, rail, or another invoice that may be "
        "the same was paid): look at it again");
}

Task<std::optional<ApprovalResult>> ApprovalDesk::reject_once(ApprovalRequest request) {
    std::optional<Open> opened;
    Task<ApprovalResult> opening = open(request, &opened);
    ApprovalResult problem = co_await opening;
    if (!opened) co_return problem;
    Open work = std::move(*opened);
    Task<std::optional<ApprovalResult>> rejecting =
        close(std::move(work), {std::move(request), "rejected", InvoiceStatus::rejected});
    co_return co_await rejecting;
}

Task<std::optional<ApprovalResult>> ApprovalDesk::close(Open work, Closing closing) {
    if (is_perhaps_sent(work.payment, work.store)) {
        Task<std::optional<ApprovalResult>> in_doubt = close_in_doubt(std::move(work), std::move(closing));
        co_return co_await in_doubt;
    }
    const UnixMillis now = parts_.clock.unix_ms();
    const bool rejected = closing.status == "rejected";
    const auto& request = closing.request;
    if (rejected) work.approval.given.push_back({request.by, "reject", request.reason, now});
    const std::string why = why_closed(closing.status, request);
    work.approval.status = closing.status;
    UnitOfWork unit = parts_.store.begin();
    check_life(unit, work.store);
    work.persons.check(unit);
    if (!work.payment.transfer_id.empty())
        ledger::book(unit, payments::hold_of(work.payment, parts_.saga.assets(), now).voiding(now));
    work.payment.enter(PaymentState::cancelled, now);
    work.payment.reason = why;
    work.invoice.status = closing.invoice_status;
    work.invoice.updated_ms = now;

    unit.update(work.approval);
    unit.update(work.payment);
    unit.update(work.invoice);
    unit.create(activity_line(parts_.store.ids(), work.invoice, {}, rejected ? "REJECTED" : "CANCELLED", why));
    unit.create(audit_line(parts_.store.ids(), now, request.by, "approval." + closing.status, work.approval.id,
                           request.reason, request.request_id));
    request.once.mark(unit, work.approval.id);
    treasury::note_invoice(unit, "rejected");
    Task<Committed> committing = parts_.store.commit(std::move(unit));
    const Committed committed = co_await committing;
    if (committed.outcome == atr::Outcome::conflict) co_return std::nullopt;
    if (!committed.ok()) co_return not_decided(committed.failure());
    ApprovalResult out = result(rejected ? ApprovalKind::done : ApprovalKind::expired, std::move(work.approval),
                                rejected ? std::string() : expired_so(work.payment));
    out.standing.kind = SubmitKind::rejected;
    out.standing.invoice = std::move(work.invoice);
    out.standing.payment = std::move(work.payment);
    co_return out;
}

Task<std::optional<ApprovalResult>> ApprovalDesk::close_in_doubt(Open work, Closing closing) {
    const UnixMillis now = parts_.clock.unix_ms();
    const bool rejected = closing.status == "rejected";
    const auto& request = closing.request;
    const std::string cannot = "the store was restored or lost commits since it was asked for, and ";
    if (!can_be_asked_for(work.payment, parts_.saga.assets()))
        co_return result(ApprovalKind::in_doubt, work.approval,
                         cannot + "without a payee no rail can be asked whether it was paid meanwhile");
    if (!parts_.runner.has_room())
        co_return not_decided(atr::retry(ATR_E_OVERLOADED, "too many payments wait for their turn"));
    Task<atr::Result<Judgement>> judging = parts_.facts.judge_to_pay(work.invoice, {});
    const atr::Result<Judgement> known = co_await judging;
    if (!known) co_return not_decided(known.error());
    const Approval as_asked = work.approval;
    if (rejected) work.approval.given.push_back({request.by, "reject", request.reason, now});
    work.approval.status = closing.status;
    work.invoice.status = InvoiceStatus::processing;
    work.invoice.updated_ms = now;
    UnitOfWork unit = parts_.store.begin();
    check_life(unit, work.store);
    work.persons.check(unit);
    const std::size_t job = ask_the_rail_first(unit, work.payment, parts_.saga, why_closed(closing.status, request));
    unit.update(work.approval);
    unit.update(work.invoice);
    renew_claims(unit, work.invoice, *known);
    unit.create(audit_line(parts_.store.ids(), now, request.by, "approval." + closing.status, work.approval.id,
                           work.payment.reason, request.request_id));
    request.once.mark(unit, work.approval.id);
    const auto closes = std::make_shared<const UnitOfWork>(std::move(unit));
    Task<Committed> committing = parts_.store.commit(closes);
    const Committed committed = co_await committing;
    if (committed.outcome == atr::Outcome::conflict && committed.lost == ledger::funds_label)
        co_return result(ApprovalKind::in_doubt, as_asked,
                         cannot + "its funds cannot be held until the rail has said whether it was paid meanwhile");
    if (committed.outcome == atr::Outcome::conflict) co_return std::nullopt;
    if (committed.outcome == atr::Outcome::unknown) parts_.runner.find_out(closes, work.payment.id, job);
    if (!committed.ok()) co_return not_decided(committed.failure());
    if (parts_.effect == Effect::lasting)
        parts_.runner.adopt(work.payment.id, payments::lease_born(*closes, committed, job));
    ApprovalResult out = result(rejected ? ApprovalKind::done : ApprovalKind::expired, std::move(work.approval),
                                rejected ? std::string() : expired_so(work.payment));
    out.standing.kind = SubmitKind::processing;
    out.standing.invoice = std::move(work.invoice);
    out.standing.payment = std::move(work.payment);
    co_return out;
}

}  // namespace treasurer::intake
