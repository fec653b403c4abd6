#include "reconcile/judge.hpp"

#include "reconcile/movement.hpp"
#include "records/json.hpp"
#include "records/vendor.hpp"
#include "runtime/ids.hpp"

namespace treasurer::reconcile {
namespace {

bool is_posted(const Payment& payment) {
    return payment.state == PaymentState::settled || payment.state == PaymentState::returned;
}

/// Two persons ended it, not the rail: which reference the rail gave it nobody here knows.
bool is_on_persons_word(const Payment& payment) {
    return !payment.resolution.empty() && payment.resolution.front().outcome == "paid";
}

bool references_differ(const Payment& payment, const atr::RailEvent& event) {
    return !payment.rail_reference.empty() && !event.rail_reference.empty() &&
           payment.rail_reference != event.rail_reference && !is_on_persons_word(payment);
}

bool references_equal(const Payment& payment, const atr::RailEvent& event) {
    return !payment.rail_reference.empty() && payment.rail_reference == event.rail_reference;
}

/// The very movement that was found before: a notice repeated much later.
bool is_the_one_found(const Posted& known, const atr::RailEvent& event) {
    return known.found && !known.reference.empty() && known.reference == event.rail_reference;
}

/// The address that the rail says it paid; empty when it does not say.
std::string address_paid(const atr::RailEvent& event) {
    const Json told = Json::parse(event.counterparty_json, nullptr, false);
    if (!told.is_object()) return {};
    const auto address = told.find("address");
    return address != told.end() && address->is_string() ? address->get<std::string>() : std::string();
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
        if (receipt->amount == event.money) return true;
        return found(kind::receipt_differs, event, "the books hold " + receipt->amount.to_string());
    }
    const auto units = assets_.units(event.money);
    if (!units || *units <= 0)
        return found(kind::unbookable_receipt, event, "the books do not count this amount of " + event.money.asset);
    if (report_.as_of_ms - event.at_unix_ms > settings_.grace_ms)
        return found(kind::receipt_not_booked, event, "it came in and is not in the books");
    add_to(sums.in_flight, event.money.amount);
    report_.add(InFlight{rail_, event.money, {}, event.event_id, "receipt_new", event.at_unix_ms});
    return false;
}

bool Judge::judge_out(const atr::RailEvent& event, const Booked& booked) {
    const Payment* const payment = booked.payment;
    if (payment && is_posted(*payment))
        if (const Posted* known = posted(event); known && is_the_one_found(*known, event)) return true;
    add_to(tally(event.money.asset).moved_out, event.money.amount);
    const bool fee_explained = judge_fee(event, booked);
    if (!payment)
        return found(kind::left_without_us, event,
                     event.payment_id.empty() ? "the event names no payment of ours"
                                              : "we know no payment of the id the event names");
    if (payment->rail != rail_) return found(kind::wrong_rail, event, "the payment belongs to rail " + payment->rail);
    if (payment->state == PaymentState::waiting_approval)
        return found(kind::left_without_us, event, "the payment still waits for approval");
    if (is_posted(*payment)) return judge_posted(event, *payment) && fee_explained;
    if (is_final(payment->state))
        return found(kind::moved_after_end, event,
                     "the books call the payment " + std::string(to_string(payment->state)));
    return judge_open(event, *payment);
}

bool Judge::judge_posted(const atr::RailEvent& event, const Payment& payment) {
    if (references_differ(payment, event))
        return found(kind::paid_twice, event,
                     "the payment was settled as " + payment.rail_reference + ", this is " + event.rail_reference);
    Posted* const known = posted(event);
    const bool second =
        (known && known->found) || (!references_equal(payment, event) && progress_.recent.paid_before(event));
    if (second) return found(kind::paid_twice, event, "another movement for the same payment");
    if (known) {
        known->found = true;
        known->reference = event.rail_reference;
    }
    add_to(tally(payment.amount.asset).booked_out, payment.amount.amount);
    const bool right_payee = judge_payee(event, payment);
    if (payment.amount == event.money) return right_payee;
    return found(kind::amount_differs, event, "the books hold " + payment.amount.to_string());
}

bool Judge::judge_open(const atr::RailEvent& event, const Payment& payment) {
    if (progress_.recent.paid_before(event))
        return found(kind::paid_twice, event, "another movement for the same payment, which is still open");
    if (payment.amount != event.money)
        return found(kind::amount_differs, event, "the payment is of " + payment.amount.to_string());
    judge_payee(event, payment);
    add_to(tally(event.money.asset).in_flight, event.money.amount.negated());
    report_.add(InFlight{rail_, event.money, payment.id, event.event_id, "payment_open", event.at_unix_ms});
    return false;
}

bool Judge::judge_payee(const atr::RailEvent& event, const Payment& payment) {
    const std::string paid = address_paid(event);
    if (paid.empty() || address_form(paid) == address_form(payment.creditor.address)) return true;
    return found(kind::payee_differs, event, "the payment was to another address than the rail says it paid");
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
    if (is_due || !assets_.units(event.fee))
        return found(kind::fee_not_booked, fee, "a fee of " + event.fee.to_string() + " was taken besides the amount");
    add_to(sums.in_flight, event.fee.amount.negated());
    report_.add(
        InFlight{rail_, event.fee, id_from_digits(event.payment_id), event.event_id, "fee_new", event.at_unix_ms});
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
            report_.add(Break{kind::no_rail_event,
                              rail_,
                              payment.amount,
                              id,
                              {},
                              "posted, but the rail shows no movement",
                              payment.at_ms});
            continue;
        }
        add_to(sums.in_flight, payment.amount.amount);
        report_.add(InFlight{rail_, payment.amount, id, {}, "event_awaited", payment.at_ms});
    }
}

void Judge::note_unexplained(const atr::RailEvent& event) {
    ++report_.unexplained_pending;
    const std::string payment_id = event.payment_id.empty() ? std::string() : id_from_digits(event.payment_id);
    report_.add(InFlight{rail_, event.money, payment_id, event.event_id, "unknown_payment", event.at_unix_ms});
}

Posted* Judge::posted(const atr::RailEvent& event) const {
    if (!posted_) return nullptr;
    const auto known = posted_->find(event.payment_id);
    return known == posted_->end() ? nullptr : &known->second;
}

bool Judge::found(const char* kind, const atr::RailEvent& event, std::string detail) {
    const std::string payment_id = event.payment_id.empty() ? std::string() : id_from_digits(event.payment_id);
    report_.add(Break{kind, rail_, event.money, payment_id, event.event_id, std::move(detail), event.at_unix_ms});
    return false;
}

}  // namespace treasurer::reconcile
