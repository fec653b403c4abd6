/// The dashboard in parts, each of which is cached for itself as JSON text.
#pragma once

#include <string>
#include <string_view>

#include "treasury/dashboard.hpp"

namespace treasurer::treasury {

std::string to_text(const TreasuryFigures& figures);
std::string to_text(const Waiting& waiting);
/// True if to_text() may have made it.
bool is_figures(std::string_view text);
bool is_waiting(std::string_view text);

/// `policy`: the record in force as storage has it. Errors: rejected, ATR_E_CORRUPT  a text that nobody here has
/// written
atr::Result<Dashboard> dashboard_of(std::string_view figures, std::string_view waiting, std::string_view policy);

}  // namespace treasurer::treasury
