#include "teller.hpp"

#include <algorithm>

#include "book_file.hpp"

namespace rail_simulated {

namespace {

/// What a payment takes from the account.
atr::Int128 total(const PaymentRow& row) {
    return add_units(parse_units(row.units), parse_units(row.fee));
}

}  // namespace

Teller::Teller(soci::session& book, const Terms& terms)
    : book_(book),
      terms_(terms),
      tally_rows_(book),
      insert_payment_(
          (book.prepare << "INSERT INTO payments (payment_id, nth, asset, units, fee, address,"
                           " counterparty, state, reason, received_at, settle_at) VALUES (:id, :nth,"
                           " :asset, :units, :fee, :address, :counterparty, :state, :reason, :received, :settle)",
           soci::use(row_.payment_id), soci::use(row_.nth), soci::use(row_.asset), soci::use(row_.units),
           soci::use(row_.fee), soci::use(row_.address), soci::use(row_.counterparty), soci::use(row_.state),
           soci::use(row_.reason), soci::use(row_.received_at), soci::use(row_.settle_at))),
      insert_movement_((book.prepare << "INSERT INTO movements (event_id, direction, asset, units, fee,"
                                        " payment_id, rail_reference, counterparty, at_unix_ms) VALUES (:reference,"
                                        " 'out', :asset, :units, :fee, :id, :reference2, :counterparty, :at)",
                        soci::use(moved_reference_), soci::use(moved_.asset), soci::use(moved_.units),
                        soci::use(moved_.fee), soci::use(moved_.payment_id), soci::use(moved_reference_),
                        soci::use(moved_.counterparty), soci::use(moved_.settle_at))),
      rows_(book_),
      due_((book.prepare << "SELECT payment_id, nth, asset, units, fee, counterparty, settle_at"
                            " FROM payments WHERE state = 'pending' AND settle_at <= :now"
                            " ORDER BY settle_at, payment_id, nth",
            soci::use(due_before_), soci::into(due_row_.payment_id), soci::into(due_row_.nth),
            soci::into(due_row_.asset), soci::into(due_row_.units), soci::into(due_row_.fee),
            soci::into(due_row_.counterparty), soci::into(due_row_.settle_at))) {}

void Teller::begin() {
    stored_ = tally_rows_.stored();
    tallies_ = stored_;
    tally_rows_.count_in(tallies_);
}

void Teller::end() {
    tally_rows_.store(stored_, tallies_);
}

atr::Result<atr::RailStatus> Teller::submit(const Order& order, const Moment& at) {
    const std::int64_t every = terms_.settings.unknown_every;
    ++tallies_.submits;
    const bool lost = every > 0 && tallies_.submits % every == 0;
    const bool applied = !lost || (tallies_.submits / every) % 2 == 1;
    if (!applied) return atr::unknown(ATR_E_TIMEOUT, "simulated: no answer came");

    settle_due(at.now_unix_ms);
    const std::vector<PaymentRow> earlier = rows_.find(order.payment_id);
    const auto answer = pay(order, earlier, at);
    if (lost) return atr::unknown(ATR_E_TIMEOUT, "simulated: no answer came");
    return answer;
}

atr::Result<atr::RailStatus> Teller::pay(const Order& order, const std::vector<PaymentRow>& earlier, const Moment& at) {
    if (terms_.settings.idempotent && !earlier.empty()) {
        const PaymentRow& first = earlier.front();
        if (first.asset != order.asset || parse_units(first.units) != order.units ||
            first.address != order.creditor_address)
            return atr::rejected(ATR_E_IDEMPOTENCY_MISMATCH, "another payment has this payment_id");
        if (first.state == "failed") return refusal(first.reason);
        return status_of(first, terms_, at.now_unix_ms);
    }
    ++tallies_.new_payments;
    const bool late = terms_.settings.settle_after.count() > 0;
    row_ = {.payment_id = order.payment_id,
            .nth = earlier.empty() ? 1 : earlier.back().nth + 1,
            .asset = order.asset,
            .units = atr::units_to_string(order.units),
            .fee = atr::units_to_string(order.fee),
            .address = order.creditor_address,
            .counterparty = order.creditor_json,
            .state = late ? "pending" : "settled",
            .reason = reason_to_refuse(order, at),
            .received_at = at.now_unix_ms,
            .settle_at = at.now_unix_ms + terms_.settings.settle_after.count()};
    if (row_.reason != 0) row_.state = "failed";
    insert_payment_.execute(true);
    if (row_.reason != 0) return refusal(row_.reason);
    if (late) {
        Tally& tally = tallies_.of(order.asset);
        tally.held = add_units(tally.held, order.total());
    } else {
        insert_movement(row_);
    }
    return status_of(row_, terms_, at.now_unix_ms);
}

int Teller::reason_to_refuse(const Order& order, const Moment& at) {
    const std::int64_t every = terms_.settings.refuse_every;
    if (order.creditor_address == "refuse") return ATR_E_COMPLIANCE;
    if (every > 0 && tallies_.new_payments % every == 0) return ATR_E_COMPLIANCE;
    const bool too_late = order.execute_not_after_unix_ms > 0 &&
                          std::max(at.now_unix_ms, at.bank_unix_ms) > order.execute_not_after_unix_ms;
    if (terms_.settings.enforce_not_after && too_late) return ATR_E_TIMEOUT;
    return tallies_.of(order.asset).available() < order.total() ? ATR_E_INSUFFICIENT_FUNDS : 0;
}

void Teller::insert_movement(const PaymentRow& row) {
    moved_ = row;
    moved_reference_ = rail_reference(row.payment_id, row.nth);
    insert_movement_.execute(true);
    Tally& tally = tallies_.of(row.asset);
    tally.balance = add_units(tally.balance, -total(row));
}

void Teller::settle_due(std::int64_t now_unix_ms) {
    due_before_ = now_unix_ms;
    std::vector<PaymentRow> due;
    due_.execute();
    while (due_.fetch()) due.push_back(due_row_);
    for (const PaymentRow& settled : due) {
        insert_movement(settled);
        Tally& tally = tallies_.of(settled.asset);
        tally.held = add_units(tally.held, -total(settled));
        book_ << "UPDATE payments SET state = 'settled' WHERE payment_id = :id AND nth = :nth",
            soci::use(settled.payment_id), soci::use(settled.nth);
    }
}

atr::Result<atr::RailStatus> Teller::cancel(const std::string& payment_id, const Moment& at) {
    settle_due(at.now_unix_ms);
    std::vector<PaymentRow> rows = rows_.find(payment_id);
    if (rows.empty()) return atr::not_found("the bank has not received this payment");
    const PaymentRow* settled = nullptr;
    for (PaymentRow& row : rows) {
        if (row.state == "settled") settled = &row;
        if (row.state != "pending") continue;
        Tally& tally = tallies_.of(row.asset);
        tally.held = add_units(tally.held, -total(row));
        row.state = "cancelled";
        book_ << "UPDATE payments SET state = 'cancelled' WHERE payment_id = :id AND nth = :nth",
            soci::use(row.payment_id), soci::use(row.nth);
    }
    if (settled) return atr::conflict(ATR_E_UNSPEC, "it has been settled");
    return status_of(rows.back(), terms_, at.now_unix_ms);
}

atr::Result<atr::RailStatus> Teller::lookup(const std::string& payment_id, std::int64_t not_after, const Moment& at) {
    settle_due(at.now_unix_ms);
    const std::vector<PaymentRow> rows = rows_.find(payment_id);
    if (!rows.empty()) return status_of(rows, terms_, at.now_unix_ms);
    atr::RailStatus out;
    out.state = atr::RailState::never_received;
    // Only a payment that the bank would refuse from now on can never arrive.
    out.is_final =
        terms_.settings.enforce_not_after && not_after > 0 && std::max(at.now_unix_ms, at.bank_unix_ms) > not_after;
    out.as_of_unix_ms = at.now_unix_ms;
    return out;
}

}  // namespace rail_simulated
