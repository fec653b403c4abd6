#include "reconcile/judge.hpp"

#include "ledger/accounts.hpp"
#include "reconcile/movement.hpp"
#include "records/vendor.hpp"
#include "runtime/ids.hpp"

namespace treasurer::reconcile {
namespace {

bool is_posted(const Payment& payment) {
    return payment.state == PaymentState::settled || payment.state == PaymentState::returned;
}

/// Two persons ended it, not the rail: which reference the rail gave it nobody here knows.
bool is_on_persons_word(const Payment& payment) {
    return payment.resolution.size() >= 2 && payment.resolution.front().outcome == "paid";
}

bool references_differ(const Payment& payment, const atr::RailEvent& event) {
    return !payment.rail_reference.empty() && !event.rail_reference.empty() &&
           payment.rail_reference != event.rail_reference && !is_on_persons_word(payment);
}

bool references_equal(const Payment& payment, const atr::RailEvent& event) {
    return !payment.rail_reference.empty() && payment.rail_reference == event.rail_reference;
}

std::string vendor_of(const Payment& payment) {
    return ledger::vendor_account(payment.creditor.vendor_id);
}

/// The very movement that was found before: a notice repeated much later.
bool is_the_one_found(const Posted& known, const atr::RailEvent& event) {
    return known.found && !known.reference.empty() && known.reference == event.rail_reference;
}

}  // namespace

bool Judge::judge(const atr::RailEvent& event, const Booked& booked) {
    if (progress_.recent.repeats(event)) return true;
    const Movement movement = movement_of(event);
    if (movement == Movement::undecided) {
        const bool explained = booked.payment && booked.payment->state != PaymentState::waiting_approval;
        if (event.direction == ATR_DIR_OUT && !explained) note_unexplained(event);
        return false;
    }
    if (movement == Movement::none) return true;
    ++report_.events_checked;
    const bool clean = movement == Movement::in ? judge_in(event, booked.receipt) : judge_out(event, booked);
    progress_.recent.remember(event);
    return clean;
}

bool Judge::judge_in(const atr::RailEvent& event, const ledger::Transfer* receipt) {
    auto& sums = tally(event.money.asset);
    add_to(sums.moved_in, event.money.amount);
    if (receipt) {
        add_to(tally(receipt->amount.asset).booked_in, receipt->amount.amount);
        if (receipt->amount == event.money) return judge_return(event);
        return found(kind::receipt_differs, event, "the books hold " + receipt->amount.to_string());
    }
    const auto units = assets_.units(event.money);
    if (!units || *units <= 0)
        return found(kind::unbookable_receipt, event, "the books do not count this amount of " + event.money.asset);
    if (report_.as_of_ms - event.at_unix_ms > settings_.grace_ms)
        return found(kind::receipt_not_booked, event, "it came in and is not in the books");
    add_to(sums.in_flight, event.money.amount);
    report_.add(InFlight{rail_, event.money, {}, event.event_id, in_flight::receipt_new, event.at_unix_ms});
    return false;
}

/// Booked as it came in, it has to be booked as it left, too.
bool Judge::judge_return(const atr::RailEvent& event) {
    if (event.payment_id.empty()) return true;
    const Break* const left = known_.explained_out(id_from_digits(event.payment_id));
    return !left ||
           found(kind::explained_came_back, event, "what left stands explained, not booked: " + break_id(*left));
}

bool Judge::judge_out(const atr::RailEvent& event, const Booked& booked) {
    const Payment* const payment = booked.payment;
    if (payment && is_posted(*payment))
        if (const Posted* known = posted(event); known && is_the_one_found(*known, event)) return true;
    add_to(tally(event.money.asset).moved_out, event.money.amount);
    const bool fee_explained = judge_fee(event, booked);
    const Break* const correction = known_.correction(rail_, event.event_id);
    if (correction && correction->kind != kind::amount_differs)
        return judge_corrected(event, *correction) && fee_explained;
    if (!payment)
        return found(kind::left_without_us, event,
                     event.payment_id.empty() ? "the event names no payment of ours"
                                              : "we know no payment of the id the event names",
                     all_of(event.money, ledger::suspense_account(rail_))) &&
               fee_explained;
    // What is still under way may yet explain the movement: then there is nothing to book.
    const Correction whole = is_final(payment->state) ? all_of(event.money, vendor_of(*payment)) : Correction{};
    if (payment->rail != rail_)
        return found(kind::wrong_rail, event, "the payment belongs to rail " + payment->rail, whole) && fee_explained;
    if (payment->state == PaymentState::waiting_approval)
        return found(kind::left_without_us, event, "the payment still waits for approval") && fee_explained;
    if (is_posted(*payment)) return judge_posted(event, *payment) && fee_explained;
    if (is_final(payment->state))
        return found(kind::moved_after_end, event,
                     "the books call the payment " + std::string(to_string(payment->state)), whole) &&
               fee_explained;
    return judge_open(event, *payment);
}

/// Two persons have booked the whole of it.
bool Judge::judge_corrected(const atr::RailEvent& event, const Break& correction) {
    const atr::Money& booked = correction.correction.amount;
    add_to(tally(booked.asset).booked_out, booked.amount);
    if (booked == event.money) return true;
    return found(kind::amount_differs, event, "two persons booked it as " + booked.to_string());
}

bool Judge::judge_posted(const atr::RailEvent& event, const Payment& payment) {
    const Correction whole = all_of(event.money, vendor_of(payment));
    if (references_differ(payment, event))
        return found(kind::paid_twice, event,
                     "the payment was settled as " + payment.rail_reference + ", this is " + event.rail_reference,
                     whole);
    Posted* const known = posted(event);
    const bool second =
        (known && known->found) || (!references_equal(payment, event) && progress_.recent.paid_before(event));
    if (second) return found(kind::paid_twice, event, "another movement for the same payment", whole);
    if (known) {
        known->found = true;
        known->reference = event.rail_reference;
    }
    add_to(tally(payment.amount.asset).booked_out, payment.amount.amount);
    const bool right_payee = judge_payee(event, payment);
    atr::Money booked = payment.amount;
    if (const Break* const corrected = known_.correction(rail_, event.event_id)) {
        const Correction& by = corrected->correction;
        auto& sums = tally(by.amount.asset);
        add_to(by.came_back ? sums.booked_in : sums.booked_out, by.amount.amount);
        add_to(booked.amount, by.came_back ? by.amount.amount.negated() : by.amount.amount);
    }
    if (booked == event.money) return right_payee;
    return found(kind::amount_differs, event, "the books hold " + booked.to_string(), difference(payment, event)) &&
           right_payee;
}

bool Judge::judge_open(const atr::RailEvent& event, const Payment& payment) {
    if (progress_.recent.paid_before(event))
        return found(kind::paid_twice, event, "another movement for the same payment, which is still open");
    if (payment.amount != event.money)
        return found(kind::amount_differs, event, "the payment is of " + payment.amount.to_string());
    judge_payee(event, payment);
    add_to(tally(event.money.asset).in_flight, event.money.amount.negated());
    report_.add(InFlight{rail_, event.money, payment.id, event.event_id, in_flight::payment_open, event.at_unix_ms});
    return false;
}

bool Judge::judge_payee(const atr::RailEvent& event, const Payment& payment) {
    const std::string paid = address_paid(event);
    if (paid.empty() || address_form(paid) == address_form(payment.creditor.address)) return true;
    return found(kind::payee_differs, event,
                 "the payment was to " + payment.creditor.address + ", the rail says it paid " + paid);
}

Correction Judge::all_of(const atr::Money& money, std::string account) const {
    if (assets_.units(money).value_or(0) <= 0) return {};
    return {std::move(account), money, false};
}

/// Of what the rail moved and what is booked; none where it is in another asset.
Correction Judge::difference(const Payment& payment, const atr::RailEvent& event) const {
    if (payment.amount.asset != event.money.asset) return {};
    const auto more = event.money.amount.minus(payment.amount.amount);
    if (!more) return {};
    const bool came_back = more->is_negative();
    Correction out = all_of({came_back ? more->negated() : *more, event.money.asset}, vendor_of(payment));
    out.came_back = came_back;
    return out;
}

bool Judge::judge_fee(const atr::RailEvent& event, const Booked& known) {
    if (event.fee.amount.is_zero()) return true;
    auto& sums = tally(event.fee.asset);
    add_to(sums.moved_out, event.fee.amount);
    atr::RailEvent fee = event;
    fee.money = event.fee;
    if (known.fee) {
        const atr::Money& booked = known.fee->amount;
        add_to(tally(booked.asset).booked_out, booked.amount);
        if (booked == event.fee) return true;
        return found(kind::fee_differs, fee, "the books hold a fee of " + booked.to_string());
    }
    // It is booked with the payment's end, or from the statement soon after.
    const bool is_due =
        !known.payment || (is_final(known.payment->state) && report_.as_of_ms - event.at_unix_ms > settings_.grace_ms);
    if (const Break* const corrected = known_.fee_correction(rail_, event.event_id)) {
        const atr::Money& booked = corrected->correction.amount;
        add_to(tally(booked.asset).booked_out, booked.amount);
        if (booked == event.fee) return true;
        return found(kind::fee_differs, fee, "two persons booked a fee of " + booked.to_string());
    }
    if (is_due || !assets_.units(event.fee)) {
        const bool is_booked_by_itself = known.payment && known.payment->rail == rail_ && has_fee(event);
        const Correction whole = is_booked_by_itself ? Correction{} : all_of(event.fee, ledger::fees_account(rail_));
        return found(kind::fee_not_booked, fee, "a fee of " + event.fee.to_string() + " was taken besides the amount",
                     whole);
    }
    add_to(sums.in_flight, event.fee.amount.negated());
    report_.add(InFlight{rail_, event.fee, id_from_digits(event.payment_id), event.event_id, in_flight::fee_new,
                         event.at_unix_ms});
    return false;
}

void Judge::judge_posted_without_event() {
    if (!posted_) return;
    for (const auto& [digits, payment] : *posted_) {
        if (payment.found) continue;
        auto& sums = tally(payment.amount.asset);
        add_to(sums.booked_out, payment.amount.amount);
        const std::string id = id_from_digits(digits);
        if (report_.as_of_ms - payment.at_ms > settings_.grace_ms) {
            add(Break{kind::no_rail_event,
                      rail_,
                      payment.amount,
                      id,
                      {},
                      "posted, but the rail shows no movement",
                      payment.at_ms});
            continue;
        }
        add_to(sums.in_flight, payment.amount.amount);
        report_.add(InFlight{rail_, payment.amount, id, {}, in_flight::event_awaited, payment.at_ms});
    }
}

void Judge::note_unexplained(const atr::RailEvent& event) {
    ++report_.unexplained_pending;
    const std::string payment_id = event.payment_id.empty() ? std::string() : id_from_digits(event.payment_id);
    report_.add(InFlight{rail_, event.money, payment_id, event.event_id, in_flight::unknown_payment, event.at_unix_ms});
}

Posted* Judge::posted(const atr::RailEvent& event) const {
    if (!posted_) return nullptr;
    const auto known = posted_->find(event.payment_id);
    return known == posted_->end() ? nullptr : &known->second;
}

bool Judge::found(const char* kind, const atr::RailEvent& event, std::string detail, Correction correction) {
    const std::string payment_id = event.payment_id.empty() ? std::string() : id_from_digits(event.payment_id);
    return add(Break{kind,
                     rail_,
                     event.money,
                     payment_id,
                     event.event_id,
                     std::move(detail),
                     event.at_unix_ms,
                     {},
                     std::move(correction)});
}

bool Judge::add(Break found) {
    return known_.add_unless_explained(std::move(found), report_);
}

}  // namespace treasurer::reconcile
