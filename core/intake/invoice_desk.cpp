#include "intake/invoice_desk.hpp"

#include "intake/desk_records.hpp"
#include "intake/funds_while_waiting.hpp"
#include "intake/pay_now.hpp"
#include "intake/payload_hash.hpp"
#include "intake/taken_claims.hpp"
#include "ports/plain_reason.hpp"
#include "records/approval.hpp"
#include "treasury/rollups.hpp"

namespace treasurer::intake {
namespace {

SubmitResult unreadable(std::vector<Problem> problems, std::int32_t error_code = 0) {
    SubmitResult out;
    out.kind = SubmitKind::unreadable;
    out.error_code = error_code;
    for (const auto& problem : problems) out.reason += (out.reason.empty() ? "" : "; ") + problem.detail;
    out.problems = std::move(problems);
    return out;
}

SubmitResult unavailable(const atr::Error& error) {
    SubmitResult out;
    out.kind = SubmitKind::unavailable;
    out.reason = error.message;
    out.perhaps_stored = error.outcome == atr::Outcome::unknown;
    return out;
}

/// Keeps what was answered together with what is known of funds.
SubmitResult answer(SubmitKind kind, Invoice invoice, const Judgement& known) {
    SubmitResult out;
    out.kind = kind;
    out.reason = known.decision.main_reason();
    out.balance = known.balance_text();
    if (known.facts.funds_known)
        out.monthly_burn = policy::burn_after(known.facts, {}).value_or(atr::Decimal{}).to_string();
    out.invoice = std::move(invoice);
    return out;
}

/// Why a payment that policy would send is not sent unasked, with all that the rail may take for it.
std::optional<Reason> objection_to(const atr::Result<Payment>& prepared, const Judgement& known) {
    if (!prepared)
        return Reason{"rail", policy::hold,
                      "the payment rail will not take it: " + plain_reason(prepared.error(), "the rail")};
    const std::string too_little = shortage(*prepared, known.facts);
    if (!too_little.empty()) return Reason{"funds", policy::hold, too_little};
    if (prepared->held() == prepared->amount) return std::nullopt;  // which policy has judged
    Reason with_fee = policy::runway(known.policy, known.facts, prepared->held().amount);
    return with_fee.result == policy::pass ? std::nullopt : std::optional<Reason>(std::move(with_fee));
}

SubmitKind kind_of(InvoiceStatus status) {
    switch (status) {
        case InvoiceStatus::processing:
            return SubmitKind::processing;
        case InvoiceStatus::waiting_approval:
            return SubmitKind::waiting_approval;
        case InvoiceStatus::paid:
            return SubmitKind::paid;
        case InvoiceStatus::rejected:
            return SubmitKind::rejected;
        case InvoiceStatus::duplicate:
            return SubmitKind::duplicate;
        case InvoiceStatus::failed:
        case InvoiceStatus::cancelled:
        case InvoiceStatus::paid_elsewhere:
            break;
    }
    return SubmitKind::failed;
}

/// The finding that decided, as Decision::main_reason() tells it.
std::string main_reason(const Invoice& invoice) {
    policy::Decision decision;
    decision.reasons = invoice.reasons;
    return decision.main_reason();
}

}  // namespace

Payment payment_for(const Invoice& invoice, const Judgement& known, std::string id, UnixMillis now_ms) {
    Payment out;
    out.id = std::move(id);
    out.invoice_id = invoice.id;
    out.amount = invoice.amount_due;
    out.created_ms = now_ms;
    out.life = known.quarantine.life;
    out.creditor.name = invoice.vendor_name;
    if (known.vendor) {
        out.creditor.vendor_id = known.vendor->id;
        out.creditor.name = known.vendor->name;
    }
    if (known.account) {
        out.creditor.account_id = known.account->id;
        out.creditor.address = known.account->address;
    }
    if (known.rail) {
        out.rail = known.rail->name();
        out.source_account = known.rail->capabilities().account;
    }
    out.payload_hash = payload_hash(out);
    return out;
}

Task<SubmitResult> InvoiceDesk::submit(Submission submission) {
    Task<atr::Result<Reading>> reading_task = parts_.reader.read(submission);
    atr::Result<Reading> reading = co_await reading_task;
    if (!reading) {
        if (reading.outcome() == atr::Outcome::retry || reading.outcome() == atr::Outcome::unknown)
            co_return unavailable(reading.error());
        std::vector<Problem> problems;
        problems.push_back({"", plain_reason(reading.error(), "the parser")});
        co_return unreadable(std::move(problems), reading.error().code);
    }
    std::vector<Problem> missing = DocumentReader::missing_fields(*reading);
    if (!missing.empty()) co_return unreadable(std::move(missing));
    for (unsigned i = 0; i < settings_.tries; ++i) {
        Step step = settle(submission, *reading, i == 0 ? ATR_VER_ABSENT : ATR_VER_ANY);
        std::optional<SubmitResult> result = co_await step;
        if (result) co_return std::move(*result);
    }
    co_return unavailable(atr::retry(ATR_E_OVERLOADED, "what the decision rests on kept changing; try again"));
}

Task<SubmitResult> InvoiceDesk::standing(std::string invoice_id) {
    Task<atr::Result<std::optional<Invoice>>> finding = parts_.store.find<Invoice>(std::move(invoice_id));
    atr::Result<std::optional<Invoice>> found = co_await finding;
    if (!found) co_return unavailable(found.error());
    if (!*found) co_return unavailable(atr::not_found("the invoice is not in storage"));
    Task<atr::Result<Judgement>> judging = parts_.facts.judge_again(**found);
    const atr::Result<Judgement> known = co_await judging;
    if (!known) co_return unavailable(known.error());
    SubmitResult out = answer(kind_of((*found)->status), std::move(**found), *known);
    out.reason = main_reason(out.invoice);
    out.duplicate_of = out.invoice.duplicate_of;
    if (out.invoice.payment_id.empty()) co_return out;
    Task<atr::Result<std::optional<Payment>>> looking = parts_.store.find<Payment>(out.invoice.payment_id);
    atr::Result<std::optional<Payment>> payment = co_await looking;
    if (!payment) co_return unavailable(payment.error());
    if (!*payment) co_return out;
    out.payment = std::move(**payment);
    if (out.kind == SubmitKind::failed || out.kind == SubmitKind::processing) out.reason = out.payment.reason;
    const bool is_taken_out = out.kind == SubmitKind::paid || out.kind == SubmitKind::processing;
    if (is_taken_out && known->facts.funds_known)  // submit() tells the funds before the payment
        out.balance = known->facts.available.plus(out.payment.amount.amount).value_or(atr::Decimal{}).to_string();
    co_return out;
}

InvoiceDesk::Step InvoiceDesk::settle(const Submission& submission, const Reading& reading,
                                      std::uint64_t document_expect) {
    Task<atr::Result<Judgement>> judging = parts_.facts.judge(reading, submission.hints);
    atr::Result<Judgement> known = co_await judging;
    if (!known) co_return unavailable(known.error());
    known->document_expect = document_expect;
    Invoice invoice = invoice_from(submission, reading, *known);
    if (known->duplicate_of) {
        Step step = report_duplicate(submission, std::move(invoice), std::move(*known));
        co_return co_await step;
    }
    switch (known->decision.outcome) {
        case policy::Outcome::refuse: {
            Step step = refuse(submission, std::move(invoice), std::move(*known));
            co_return co_await step;
        }
        case policy::Outcome::ask: {
            Step step = ask_a_person(submission, std::move(invoice), std::move(*known));
            co_return co_await step;
        }
        case policy::Outcome::pay:
            break;
    }
    Step step = pay(submission, std::move(invoice), std::move(*known));
    co_return co_await step;
}

InvoiceDesk::Step InvoiceDesk::report_duplicate(const Submission& submission, Invoice invoice, Judgement known) {
    const Invoice first = std::move(*known.duplicate_of);
    known.duplicate_of.reset();
    SubmitResult out = answer(SubmitKind::duplicate, std::move(invoice), known);
    out.duplicate_of = first.id;
    out.duplicate_payment_id = first.payment_id;
    if (first.status == InvoiceStatus::waiting_approval) out.duplicate_approval_id = first.approval_id;
    out.reason = known.same_document ? "this very document was submitted before"
                                     : "this invoice was submitted before in another document";
    if (first.amount_due != out.invoice.amount_due)
        out.reason += ", over " + first.amount_due.to_string() + " and not " + out.invoice.amount_due.to_string() +
                      ": if both are owed, the vendor has to give this one a number of its own";
    if (known.same_document) co_return out;  // a repeat of the same bytes leaves no second trace

    out.invoice.status = InvoiceStatus::duplicate;
    out.invoice.outcome = "refuse";
    out.invoice.duplicate_of = first.id;
    UnitOfWork unit = parts_.store.begin();
    unit.create(out.invoice);
    put_document(unit, out.invoice, *submission.bytes, known.document_expect);
    unit.create(activity_line(parts_.store.ids(), out.invoice, known.balance_text(), "REJECTED", out.reason));
    unit.create(audit_line(parts_.store.ids(), parts_.clock.unix_ms(), submission.submitted_by, "invoice.duplicate",
                           out.invoice.id, out.reason, submission.request_id));
    treasury::note_invoice(unit, "duplicate");
    submission.once.mark(unit, out.invoice.id);
    Task<Committed> committing = parts_.store.commit(std::move(unit));
    const Committed committed = co_await committing;
    if (committed.lost == document_label) co_return std::nullopt;
    if (!committed.ok()) co_return unavailable(committed.failure());
    co_return out;
}

InvoiceDesk::Step InvoiceDesk::refuse(const Submission& submission, Invoice invoice, Judgement known) {
    invoice.status = InvoiceStatus::rejected;
    SubmitResult out = answer(SubmitKind::rejected, std::move(invoice), known);
    UnitOfWork unit = parts_.store.begin();
    unit.create(out.invoice);
    put_document(unit, out.invoice, *submission.bytes, known.document_expect);
    unit.create(activity_line(parts_.store.ids(), out.invoice, known.balance_text(), "REJECTED", out.reason));
    unit.create(audit_line(parts_.store.ids(), parts_.clock.unix_ms(), submission.submitted_by, "invoice.rejected",
                           out.invoice.id, out.reason, submission.request_id));
    treasury::note_invoice(unit, "rejected");
    submission.once.mark(unit, out.invoice.id);
    guard_decision(unit, known);
    Task<Committed> committing = parts_.store.commit(std::move(unit));
    const Committed committed = co_await committing;
    if (committed.outcome == atr::Outcome::conflict) co_return std::nullopt;
    if (!committed.ok()) co_return unavailable(committed.failure());
    co_return out;
}

InvoiceDesk::Step InvoiceDesk::ask_a_person(const Submission& submission, Invoice invoice, Judgement known) {
    const UnixMillis now = parts_.clock.unix_ms();
    Payment payment = payment_for(invoice, known, parts_.store.ids().next(), now);
    payment.enter(PaymentState::waiting_approval, now);
    Approval approval;
    approval.id = parts_.store.ids().next();
    approval.invoice_id = invoice.id;
    approval.payment_id = payment.id;
    approval.payload_hash = payment.payload_hash;
    approval.required = known.policy.approvals_for(payment.amount);
    approval.submitted_by = submission.submitted_by;
    approval.created_ms = now;
    approval.expires_ms = now + known.policy.approval_expiry_ms;
    for (const auto& reason : known.decision.reasons)
        if (reason.result != policy::pass) approval.reasons.push_back(reason);
    for (const auto& question : known.questions()) approval.ask(question);
    payment.approval_id = invoice.approval_id = approval.id;
    UnitOfWork unit = parts_.store.begin();
    reserve_while_waiting(unit, payment, approval, known, parts_.saga.assets(), parts_.store.ids(), now);
    invoice.payment_id = payment.id;
    invoice.status = InvoiceStatus::waiting_approval;

    SubmitResult out = answer(SubmitKind::waiting_approval, std::move(invoice), known);
    out.payment = payment;
    unit.create(out.invoice);
    put_document(unit, out.invoice, *submission.bytes, known.document_expect);
    unit.create(payment);
    unit.create(approval);
    Activity line =
        activity_line(parts_.store.ids(), out.invoice, known.balance_text(), "PAUSED_FOR_APPROVAL", out.reason);
    line.required = known.policy.auto_approval_limit.to_string();
    unit.create(line);
    unit.create(audit_line(parts_.store.ids(), now, submission.submitted_by, "invoice.waiting_approval", out.invoice.id,
                           out.reason, submission.request_id));
    treasury::note_invoice(unit, "waiting_approval");
    submission.once.mark(unit, out.invoice.id);
    take_claims(unit, out.invoice, known);
    guard_decision(unit, known);
    Task<Committed> committing = parts_.store.commit(std::move(unit));
    const Committed committed = co_await committing;
    if (committed.outcome == atr::Outcome::conflict) co_return std::nullopt;
    if (!committed.ok()) co_return unavailable(committed.failure());
    co_return out;
}

InvoiceDesk::Step InvoiceDesk::pay(const Submission& submission, Invoice invoice, Judgement known) {
    Payment payment = payment_for(invoice, known, parts_.store.ids().next(), parts_.clock.unix_ms());
    Task<atr::Result<Payment>> preparing =
        parts_.saga.prepare(std::move(payment), submission.request_id, submission.traceparent);
    atr::Result<Payment> prepared = co_await preparing;
    if (!prepared && prepared.outcome() != atr::Outcome::rejected) co_return unavailable(prepared.error());
    if (const auto objection = objection_to(prepared, known)) {
        known.decision.object(*objection);
        record_decision(invoice, known);
        Step step = ask_a_person(submission, std::move(invoice), std::move(known));
        co_return co_await step;
    }
    payment = std::move(*prepared);
    invoice.payment_id = payment.id;
    invoice.status = InvoiceStatus::processing;

    UnitOfWork unit = parts_.store.begin();
    unit.create(invoice);
    put_document(unit, invoice, *submission.bytes, known.document_expect);
    unit.create(audit_line(parts_.store.ids(), parts_.clock.unix_ms(), submission.submitted_by, "invoice.approved",
                           invoice.id, "by policy " + invoice.policy_hash.substr(0, 12), submission.request_id));
    treasury::note_invoice(unit, "approved");
    submission.once.mark(unit, invoice.id);
    take_claims(unit, invoice, known);
    guard_decision(unit, known);
    const atr::Decimal taken = payment.held().amount;
    const atr::Decimal left = policy::least_left(known.policy, known.facts, taken);
    SubmitResult out = answer(SubmitKind::processing, std::move(invoice), known);
    if (const auto burn = policy::burn_after(known.facts, taken)) out.monthly_burn = burn->to_string();
    out.payment = std::move(payment);
    Task<atr::Result<SubmitResult>> paying = pay_now(parts_.store, parts_.saga, parts_.runner, std::move(unit),
                                                     std::move(out), left, submission.wait, parts_.effect);
    atr::Result<SubmitResult> paid = co_await paying;
    if (paid) co_return std::move(*paid);
    if (paid.outcome() == atr::Outcome::conflict) co_return std::nullopt;
    co_return unavailable(paid.error());
}

Invoice InvoiceDesk::invoice_from(const Submission& submission, const Reading& reading, const Judgement& known) {
    const auto text = [](const std::optional<CheckedField>& field) { return field ? field->value : std::string(); };
    Invoice out;
    out.id = parts_.store.ids().next();
    out.created_ms = out.updated_ms = parts_.clock.unix_ms();
    out.submitted_by = submission.submitted_by;
    out.document_sha256 = reading.document_sha256;
    out.media_type = submission.media_type;
    out.document_type = text(reading.document_type);
    out.vendor_id = known.vendor ? known.vendor->id : std::string();
    out.vendor_name = text(reading.seller_name);
    out.vendor_tax_id = text(reading.seller_tax_id);
    out.invoice_number = text(reading.invoice_number);
    out.issue_date = text(reading.issue_date);
    out.due_date = text(reading.due_date);
    out.amount_due = *reading.amount();
    out.fields = reading.fields;
    record_decision(out, known);
    return out;
}

void InvoiceDesk::guard_decision(UnitOfWork& unit, const Judgement& known) const {
    unit.check(Policy::collection, Policy::current, known.policy.version, "policy");
    if (known.vendor)
        unit.check(Vendor::collection, known.vendor->id, known.vendor->version, "vendor");
    else
        unit.check(VendorName::collection, vendor_normal_form(known.facts.vendor_name), ATR_VER_ABSENT, "vendor");
}

}  // namespace treasurer::intake
