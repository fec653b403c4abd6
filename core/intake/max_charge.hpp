/// Whether the funds that were judged cover what the rail may take for a payment, fees and all. Commit A would be
/// refused again and again where they cover the amount alone.
#pragma once

#include "intake/facts_finder.hpp"

#include <optional>
#include <string>

namespace treasurer::intake {

/// What is wrong, in words; nullopt: nothing.
inline std::optional<std::string> funds_missing(const Judgement& known, const Payment& prepared) {
    if (!known.facts.funds_known || prepared.held().amount <= known.facts.available) return std::nullopt;
    return "the rail may take up to " + prepared.held().to_string() + ", and " + known.balance_text() +
           " are available";
}

}  // namespace treasurer::intake
