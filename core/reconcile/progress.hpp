/// How far a statement was compared, and what it sums to so far.
#pragma once

#include <atr/rail.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "runtime/clock.hpp"

namespace treasurer::reconcile {

/// sum += value; a sum beyond 38 digits stays as it is, and shows as a difference.
inline void add_to(atr::Decimal& sum, const atr::Decimal& value) {
    sum = sum.plus(value).value_or(sum);
}

/// Of one rail and asset.
struct Tally {
    atr::Decimal moved_in, moved_out;    ///< at the rail
    atr::Decimal booked_in, booked_out;  ///< what the books must hold of these movements
    atr::Decimal in_flight;              ///< moved at the rail and not booked; out is negative

    atr::Decimal at_rail() const { return moved_in.minus(moved_out).value_or(atr::Decimal{}); }
    atr::Decimal booked() const { return booked_in.minus(booked_out).value_or(atr::Decimal{}); }
};
using Tallies = std::map<std::string, Tally>;

/// The last few thousand events, so that a notice that is repeated counts once. A rail that repeats a notice after more
/// events than this makes a difference that a person has to look at.
class RecentEvents {
public:
    static constexpr std::size_t most = 4096;

    /// The same event, or the same movement out of the same payment, was seen. What comes in is known by its event
    /// alone, as in the books: a payment may come back in parts, all under one reference.
    bool repeats(const atr::RailEvent& event) const {
        return seen_.contains(event.event_id) || (is_known_by_reference(event) && seen_.contains(movement(event)));
    }
    /// Another movement out of the same payment was seen.
    bool paid_before(const atr::RailEvent& event) const { return seen_.contains(payment(event)); }

    void remember(const atr::RailEvent& event) {
        keep(event.event_id);
        if (event.payment_id.empty() || event.direction == ATR_DIR_IN) return;
        keep(payment(event));
        if (is_known_by_reference(event)) keep(movement(event));
    }

private:
    static bool is_known_by_reference(const atr::RailEvent& event) {
        return event.direction != ATR_DIR_IN && !event.payment_id.empty() && !event.rail_reference.empty();
    }
    static std::string movement(const atr::RailEvent& event) {
        return "\x01" + event.payment_id + '\x01' + event.rail_reference;
    }
    static std::string payment(const atr::RailEvent& event) { return "\x02" + event.payment_id; }
    void keep(std::string name) {
        if (!seen_.emplace(name, true).second) return;
        order_.push_back(std::move(name));
        if (order_.size() <= most * 3) return;
        seen_.erase(order_.front());
        order_.pop_front();
    }

    std::deque<std::string> order_;
    std::unordered_map<std::string, bool> seen_;
};

struct Progress {
    std::string position;
    Tallies tallies;
    RecentEvents recent;
};

/// A payment that the books have posted, to be found in the statement.
struct Posted {
    atr::Money amount;
    UnixMillis at_ms = 0;
    bool found = false;
    std::string reference = {};  ///< of the movement that was found
};
/// By the payment id that rails see.
using PostedPayments = std::unordered_map<std::string, Posted>;

}  // namespace treasurer::reconcile
