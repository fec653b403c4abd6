#include "payment_rows.hpp"

#include "order.hpp"
#include "tallies.hpp"

namespace rail_simulated {

namespace {

atr::RailState state_of(const std::string& state) {
    if (state == "settled") return atr::RailState::settled;
    if (state == "failed") return atr::RailState::failed;
    if (state == "cancelled") return atr::RailState::cancelled;
    return atr::RailState::pending;
}

int rank(const PaymentRow& row) {
    if (row.state == "settled") return 3;
    if (row.state == "pending") return 2;
    return row.state == "cancelled" ? 1 : 0;
}

}  // namespace

RowFinder::RowFinder(soci::session& book)
    : rows_(
          (book.prepare << "SELECT nth, asset, units, fee, address, counterparty, state, reason, received_at, settle_at"
                           " FROM payments WHERE payment_id = :id ORDER BY nth",
           soci::use(row_.payment_id), soci::into(row_.nth), soci::into(row_.asset), soci::into(row_.units),
           soci::into(row_.fee), soci::into(row_.address), soci::into(row_.counterparty), soci::into(row_.state),
           soci::into(row_.reason), soci::into(row_.received_at), soci::into(row_.settle_at))) {}

std::vector<PaymentRow> RowFinder::find(const std::string& payment_id) {
    row_.payment_id = payment_id;
    std::vector<PaymentRow> out;
    rows_.execute();
    while (rows_.fetch()) out.push_back(row_);
    return out;
}

bool settlement_due(soci::session& book, std::int64_t now_unix_ms) {
    const long long now = now_unix_ms;
    int due = 0;
    book << "SELECT EXISTS (SELECT 1 FROM payments WHERE state = 'pending' AND settle_at <= :now)", soci::use(now),
        soci::into(due);
    return due != 0;
}

atr::RailStatus status_of(const PaymentRow& row, const Terms& terms, std::int64_t now_unix_ms) {
    atr::RailStatus out;
    out.state = state_of(row.state);
    out.is_final = out.state != atr::RailState::pending;
    out.reason_code = row.reason;
    out.as_of_unix_ms = now_unix_ms;
    out.rail_reference = rail_reference(row.payment_id, row.nth);
    const Asset* asset = terms.find(row.asset);
    if (out.state == atr::RailState::settled && asset) {
        const auto amount = atr::Decimal::from_units(parse_units(row.units), asset->decimals);
        out.charged_money_json =
            nlohmann::json{{"amount", amount.value_or(atr::Decimal{}).to_string()}, {"asset", row.asset}}.dump();
        const auto fee = atr::Decimal::from_units(parse_units(row.fee), asset->decimals);
        out.fee_money_json =
            nlohmann::json{{"amount", fee.value_or(atr::Decimal{}).to_string()}, {"asset", row.asset}}.dump();
    }
    return out;
}

atr::Result<atr::RailStatus> status_of(const std::vector<PaymentRow>& rows, const Terms& terms,
                                       std::int64_t now_unix_ms) {
    const PaymentRow* best = nullptr;
    for (const PaymentRow& row : rows) {
        const bool visible = now_unix_ms >= row.received_at + terms.settings.visible_after.count();
        if (visible && (!best || rank(row) > rank(*best))) best = &row;
    }
    if (!best) {
        atr::Error hidden = atr::retry(ATR_E_UNSPEC, "not visible yet");
        hidden.retry_after_ms = static_cast<std::int32_t>(terms.settings.visible_after.count());
        return hidden;
    }
    atr::RailStatus out = status_of(*best, terms, now_unix_ms);
    out.evidence_json = nlohmann::json{{"submissions", rows.size()}, {"received_at_unix_ms", best->received_at}}.dump();
    return out;
}

atr::Error refusal(int reason) {
    switch (reason) {
        case ATR_E_INSUFFICIENT_FUNDS:
            return atr::rejected(reason, "the account does not hold enough");
        case ATR_E_TIMEOUT:
            return atr::rejected(reason, "it arrived after its execute_not_after");
        default:
            return atr::rejected(reason, "the bank refuses the payment");
    }
}

}  // namespace rail_simulated
