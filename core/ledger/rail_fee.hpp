/// What a rail takes for a payment besides its amount.
#pragma once

#include "ledger/accounts.hpp"
#include "ledger/transfer.hpp"

namespace treasurer::ledger {

/// The same whoever books it first: the saga, whom the rail told of the fee, or whoever reads the rail's statement.
inline std::string rail_fee_id(std::string_view rail, std::string_view payment_id, std::string_view rail_reference) {
    return "fee|" + std::string(rail) + '|' + std::string(payment_id) + '|' + std::string(rail_reference);
}

/// Of what is kept of a payment's hold until its fee is in the books, or the rail's statement shows that it took none.
/// Such a hold is only ever voided: the fee itself is a transfer of its own.
inline std::string fee_hold_id(std::string_view hold_id) {
    return std::string(hold_id) + "/fee";
}

/// `kept`: what `hold` has beyond the amount posted, `units` of the smallest part. Booked in the unit that posts it.
inline Transfer fee_hold(const Transfer& hold, std::string_view rail, const atr::Money& kept, atr::Int128 units,
                         UnixMillis now_ms) {
    Transfer out;
    out.id = fee_hold_id(hold.id);
    out.kind = TransferKind::pending;
    out.purpose = purpose::fee;
    out.debit_account = fees_account(rail);
    out.credit_account = hold.credit_account;
    out.amount = kept;
    out.units = units;
    out.at_ms = now_ms;
    out.payment_id = hold.payment_id;
    return out;
}

/// `units`: of the fee, in its asset's smallest part.
inline Transfer rail_fee(std::string_view rail, std::string_view payment_id, std::string_view rail_reference,
                         const atr::Money& fee, atr::Int128 units, UnixMillis now_ms) {
    Transfer out;
    out.id = rail_fee_id(rail, payment_id, rail_reference);
    out.kind = TransferKind::direct;
    out.purpose = purpose::fee;
    out.debit_account = fees_account(rail);
    out.credit_account = treasury_account(rail);
    out.amount = fee;
    out.units = units;
    out.at_ms = now_ms;
    out.payment_id = payment_id;
    return out;
}

}  // namespace treasurer::ledger
