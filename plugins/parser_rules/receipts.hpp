// "Received" or "made" beside a payment: "Your payment of 60.00 was received", "Wir haben Ihre Zahlung erhalten".
#pragma once

#include <cstdint>
#include <optional>

#include "page.hpp"

namespace parser_rules {

/// A payment and the word that says it came in, as tokens [begin, end).
struct Receipt {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// The payment that the word at `received` speaks of, if it speaks of one that has come: not of when it is to come.
std::optional<Receipt> payment_received(const Page&, std::uint32_t received);
/// The same of "made", "applied": only where it has been, for terms say how a payment is made.
std::optional<Receipt> payment_made(const Page&, std::uint32_t made);

}  // namespace parser_rules
