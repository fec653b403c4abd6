#include "reconcile/payment_proof.hpp"

#include "ledger/accounts.hpp"

#include <algorithm>

namespace treasurer::reconcile {
namespace {

using ledger::TransferKind;

bool is_paid(PaymentState state) {
    return state == PaymentState::settled || state == PaymentState::returned;
}

/// Whether an invoice may stand so while its payment stands so. `moved`: two persons have booked that the payment moved
/// besides what it says of itself.
bool agree(InvoiceStatus invoice, PaymentState payment, bool moved) {
    switch (invoice) {
        case InvoiceStatus::paid:
            return payment == PaymentState::settled || (moved && is_final(payment));
        case InvoiceStatus::waiting_approval:
            return payment == PaymentState::waiting_approval;
        case InvoiceStatus::processing:
            return !is_final(payment) && payment != PaymentState::waiting_approval;
        case InvoiceStatus::failed:
            return payment == PaymentState::failed || payment == PaymentState::returned;
        case InvoiceStatus::rejected:
        case InvoiceStatus::cancelled:
            return payment == PaymentState::cancelled;
        case InvoiceStatus::paid_elsewhere:  // also said later, of a payment that ended without paying
            return is_final(payment) && payment != PaymentState::settled;
        case InvoiceStatus::duplicate:
            break;
    }
    return false;
}

}  // namespace

std::string PaymentProof::terms(const std::string& debit, const std::string& credit, const atr::Money& amount) {
    return amount.to_string() + " from " + credit + " to " + debit;
}

void PaymentProof::add(const ledger::Transfer& transfer) {
    switch (transfer.kind) {
        case TransferKind::pending: {
            if (transfer.purpose == ledger::purpose::fee) return;  // of a payment whose own hold has ended
            Trail& trail = trails_[transfer.payment_id];
            if (transfer.expires_ms != 0) {
                waits_.emplace(
                    transfer.payment_id,
                    WaitingHold{transfer.id, terms(transfer.debit_account, transfer.credit_account, transfer.amount)});
                return;
            }
            trail.hold_id = transfer.id;
            trail.hold = terms(transfer.debit_account, transfer.credit_account, transfer.amount);
            return;
        }
        case TransferKind::post:
            ends_[transfer.pending_id] = {End::posted, transfer.amount.to_string()};
            return;
        case TransferKind::void_pending:
            ends_[transfer.pending_id] = {End::voided, transfer.amount.to_string()};
            return;
        case TransferKind::direct:
            if (transfer.purpose == ledger::purpose::correction && !transfer.payment_id.empty() &&
                transfer.debit_account.starts_with(ledger::vendor_account("")))
                trails_[transfer.payment_id].moved = true;
            return;
    }
}

void PaymentProof::add(const Payment& payment) {
    Trail& trail = trails_[payment.id];
    trail.state = payment.state;
    trail.wanted = terms(ledger::vendor_account(payment.creditor.vendor_id), ledger::treasury_account(payment.rail),
                         payment.held());
    trail.amount = payment.amount.to_string();
    if (payment.state == PaymentState::waiting_approval) trail.waits_with = payment.transfer_id;
}

void PaymentProof::add(const Invoice& invoice) {
    if (invoice.payment_id.empty()) return;
    Trail& trail = trails_[invoice.payment_id];
    trail.has_invoice = true;
    trail.invoice_id = invoice.id;
    trail.invoice_status = invoice.status;
}

/// At most one of them has not ended: that of a payment which waits, and names it. None is ever posted, which the
/// ledger's own verification looks for.
void PaymentProof::judge_waiting(const std::string& id, const Trail& trail, std::vector<std::string>& into) const {
    const std::string named = "payment " + id;
    bool is_there = trail.waits_with.empty();
    const auto [first, last] = waits_.equal_range(id);
    for (auto one = first; one != last; ++one) {
        const WaitingHold& waiting = one->second;
        const bool is_current = !trail.waits_with.empty() && waiting.id == trail.waits_with;
        const bool has_ended = ends_.contains(waiting.id);
        is_there = is_there || is_current;
        if (is_current && has_ended)
            into.push_back(named + " waits for approval with its funds held, but transfer " + waiting.id +
                           " has ended");
        if (is_current && waiting.hold != trail.wanted)
            into.push_back(named + " is of " + trail.wanted + ", while it waits " + waiting.hold + " is held");
        if (!is_current && !has_ended)
            into.push_back("transfer " + waiting.id + " goes on holding " + waiting.hold + " for the approval of " +
                           named + ", which does not wait with it");
    }
    if (!is_there)
        into.push_back(named + " waits for approval with transfer " + trail.waits_with + ", which is not there");
}

void PaymentProof::judge(const std::string& id, const Trail& trail, const Ended& ended,
                         std::vector<std::string>& into) {
    const auto found = [&](const std::string& what) { into.push_back(what); };
    const std::string named = "payment " + id, state(to_string(trail.state));
    if (trail.wanted.empty()) {
        if (!trail.hold_id.empty())
            found("transfer " + trail.hold_id + " holds " + trail.hold + " for payment " + id +
                  ", which does not exist");
        if (trail.has_invoice) found("invoice " + trail.invoice_id + " names payment " + id + ", which does not exist");
        return;
    }
    if (!trail.has_invoice)
        found(named + " is of no invoice");
    else if (!agree(trail.invoice_status, trail.state, trail.moved))
        found("invoice " + trail.invoice_id + " is " + std::string(to_string(trail.invoice_status)) + ", its " + named +
              " is " + state);
    const bool was_begun = trail.state != PaymentState::waiting_approval;
    const bool must_hold = was_begun && trail.state != PaymentState::cancelled;
    if (trail.hold_id.empty()) {
        if (must_hold) found(named + " is " + state + ", and no transfer ever held its funds");
        return;
    }
    if (!was_begun) found(named + " waits for approval, but transfer " + trail.hold_id + " holds its funds");
    if (trail.hold != trail.wanted) found(named + " is of " + trail.wanted + ", its transfer holds " + trail.hold);
    const End due = is_paid(trail.state) ? End::posted : is_final(trail.state) ? End::voided : End::none;
    if (ended.end == End::posted && ended.amount != trail.amount)
        found(named + " is of " + trail.amount + ", " + ended.amount + " were posted");
    if (!was_begun || ended.end == due) return;
    const std::string end = ended.end == End::posted   ? "was posted"
                            : ended.end == End::voided ? "was voided"
                                                       : "has not ended";
    found(named + " is " + state + ", but its transfer " + end);
}

std::vector<std::string> PaymentProof::findings() const {
    std::vector<std::string> out;
    for (const auto& [id, trail] : trails_) {
        if (skipped_.contains(id)) continue;
        judge_waiting(id, trail, out);
        const auto end = ends_.find(trail.hold_id);
        judge(id.empty() ? "(none)" : id, trail, end == ends_.end() ? Ended{End::none, {}} : end->second, out);
    }
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace treasurer::reconcile
