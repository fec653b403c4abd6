#include "payments/ending.hpp"

#include "ledger/accounts.hpp"
#include "ledger/bookkeeping.hpp"
#include "ledger/rail_fee.hpp"
#include "records/journal.hpp"
#include "runtime/mutation.hpp"
#include "treasury/rollups.hpp"

namespace treasurer::payments {

InvoiceStatus invoice_status_after(PaymentState state) {
    switch (state) {
        case PaymentState::settled:
            return InvoiceStatus::paid;
        case PaymentState::failed:
        case PaymentState::returned:
            return InvoiceStatus::failed;
        case PaymentState::cancelled:
            return InvoiceStatus::cancelled;
        case PaymentState::waiting_approval:
            return InvoiceStatus::waiting_approval;
        case PaymentState::scheduled:
        case PaymentState::reserved:
        case PaymentState::prepared:
        case PaymentState::submitted:
        case PaymentState::pending:
        case PaymentState::unknown:
            break;
    }
    return InvoiceStatus::processing;
}

ledger::Transfer hold_of(const Payment& payment, const ledger::Assets& assets, UnixMillis now_ms) {
    ledger::Transfer out;
    out.id = payment.transfer_id;
    out.kind = ledger::TransferKind::pending;
    out.debit_account = ledger::vendor_account(payment.creditor.vendor_id);
    out.credit_account = ledger::treasury_account(payment.rail);
    out.amount = payment.held();
    out.units = assets.units(payment.held()).value_or(0);
    out.at_ms = now_ms;
    out.payment_id = payment.id;
    return out;
}

namespace {

atr::Money money_of(const std::string& asset, atr::Int128 units, const ledger::Assets& assets) {
    return {assets.amount(asset, units).value_or(atr::Decimal{}), asset};
}

}  // namespace

void check_not_ended(UnitOfWork& unit, const Payment& payment) {
    const auto check_absent = [&](std::string id) {
        unit.check(ledger::Transfer::collection, std::move(id), ATR_VER_ABSENT, "ended");
    };
    if (payment.state == PaymentState::waiting_approval)
        check_absent(payment.id);  // its own hold, which Commit A makes
    else if (!payment.transfer_id.empty())
        check_absent(ledger::ending_id(payment.transfer_id));
}

Payment put_ending(UnitOfWork& unit, Ending ending, const ledger::Assets& assets, Ids& ids, UnixMillis now_ms) {
    Payment& payment = ending.payment;
    Invoice& invoice = ending.invoice;
    const bool paid = ending.move.step == Step::post;
    const bool has_hold = !payment.transfer_id.empty();
    const ledger::Transfer hold = hold_of(payment, assets, now_ms);
    const atr::Int128 units = assets.units(payment.amount).value_or(0);
    payment.enter(ending.move.state, now_ms);
    payment.reason = ending.move.reason;
    payment.needs_human = false;
    payment.prepared_blob.clear();
    if (!ending.rail_reference.empty()) payment.rail_reference = ending.rail_reference;
    invoice.status = ending.invoice_status;
    invoice.updated_ms = now_ms;

    if (has_hold) ledger::book(unit, paid ? hold.posting(payment.amount, units, now_ms) : hold.voiding(now_ms));
    const atr::Int128 beyond = hold.units - units;
    if (has_hold && paid && beyond > 0 && !ending.fee_is_known && !mutated(Mutation::give_back_the_rest_at_once))
        ledger::book(
            unit, ledger::fee_hold(hold, payment.rail, money_of(payment.amount.asset, beyond, assets), beyond, now_ms));
    if (ending.fee) {
        ledger::book(unit, *ending.fee);
        treasury::note_fee(unit, ending.fee->amount, ending.fee->units, now_ms);
    }
    unit.update(payment, "payment");
    unit.update(invoice, "invoice");
    if (paid)
        treasury::note_settled(unit, payment.amount, units, now_ms);
    else
        treasury::note_failed(unit);

    Activity line;
    line.id = ids.next();
    line.at_ms = now_ms;
    line.event = "PAYMENT";
    line.status = paid ? "APPROVED" : ending.move.step == Step::cancel ? "CANCELLED" : "FAILED";
    line.vendor = payment.creditor.name;
    line.amount = payment.amount;
    line.balance = ending.available;
    line.tx_hash = paid ? payment.rail_reference : std::string();
    line.reason = ending.move.reason;
    line.approval_id = payment.approval_id;
    line.thought = invoice.thought;
    line.invoice_id = payment.invoice_id;
    line.payment_id = payment.id;
    unit.create(line);

    AuditEntry entry;
    entry.id = ids.next();
    entry.at_ms = now_ms;
    entry.actor = ending.actor;
    entry.action = ending.action;
    entry.subject = payment.id;
    entry.detail = ending.detail;
    entry.request_id = ending.request_id;
    unit.create(entry);
    return payment;
}

}  // namespace treasurer::payments
