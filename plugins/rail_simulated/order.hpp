/// A payment as the bank reads it, checked, and the prepared blob that pins what of it must not change.
#pragma once

#include <atr/rail.hpp>

#include "settings.hpp"

namespace rail_simulated {

struct Order {
    std::string payment_id;
    std::string asset;
    atr::Int128 units = 0;  ///< of the asset's smallest part
    atr::Int128 fee = 0;    ///< in the same
    atr::Int128 total() const { return units + fee; }
    std::string creditor_address;
    std::string creditor_json;
    std::int64_t execute_not_after_unix_ms = 0;
};

/// Errors, all rejected: bad_input         payment_id, asset or source account
///                       payee_invalid     no usable {"address": …} in creditor_json
///                       amount_out_of_range
atr::Result<Order> read_order(const Terms&, const atr::RailPayment&);

/// The same text for the same order, always: submit compares it byte by byte.
std::string prepared_blob(const Order&);

/// What the statement and lookup call the nth submission (from 1) of a payment. A second one exists only where the
/// bank is not idempotent.
std::string rail_reference(std::string_view payment_id, std::int64_t nth);

/// True for 32 lower-case hexadecimal digits.
bool is_payment_id(std::string_view text);

}  // namespace rail_simulated
