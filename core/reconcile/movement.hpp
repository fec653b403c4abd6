/// What a statement event says of money, and under which id a receipt stands in the books.
#pragma once

#include <atr/rail.hpp>
#include <string>
#include <string_view>

#include "ledger/rail_fee.hpp"
#include "records/json.hpp"
#include "runtime/ids.hpp"

namespace treasurer::reconcile {

enum class Movement {
    none,       ///< no money moved: failed, cancelled
    undecided,  ///< not final: it may yet move, under this very event
    in,
    out
};

/// Money that came back (RETURNED, direction in) came in.
inline Movement movement_of(const atr::RailEvent& event) {
    const bool in = event.direction == ATR_DIR_IN;
    const bool moved = event.state == atr::RailState::settled || (in && event.state == atr::RailState::returned);
    const bool ended = event.state == atr::RailState::failed || event.state == atr::RailState::cancelled;
    if (ended || event.money.amount.is_zero()) return Movement::none;
    if (!event.is_final || !moved) return Movement::undecided;
    return in ? Movement::in : Movement::out;
}

/// The address that the rail says it paid; empty when it does not say.
inline std::string address_paid(const atr::RailEvent& event) {
    const Json told = Json::parse(event.counterparty_json, nullptr, false);
    if (!told.is_object()) return {};
    const auto address = told.find("address");
    return address != told.end() && address->is_string() ? address->get<std::string>() : std::string();
}

/// Derived from rail and event, so that storage itself refuses to book a receipt twice.
inline std::string receipt_id(std::string_view rail, std::string_view event_id) {
    return "receipt|" + std::string(rail) + '|' + std::string(event_id);
}

/// True for money that left for a payment and cost something besides.
inline bool has_fee(const atr::RailEvent& event) {
    return event.direction == ATR_DIR_OUT && !event.fee.amount.is_zero() && !event.payment_id.empty() &&
           !event.rail_reference.empty();
}
inline std::string fee_id(std::string_view rail, const atr::RailEvent& event) {
    return ledger::rail_fee_id(rail, id_from_digits(event.payment_id), event.rail_reference);
}

}  // namespace treasurer::reconcile
