/// Which refusals a route can be answered with before its handler decides anything, and what each means.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "http/error_code.hpp"
#include "http/route.hpp"

namespace treasurer::http::openapi {

/// Those that the router makes by itself, as the route is declared.
std::vector<ErrorCode> refusals_of(const Route& route);

/// In words, for people.
std::string_view meaning_of(ErrorCode code);

/// The code of that name.
std::optional<ErrorCode> code_named(std::string_view name);

}  // namespace treasurer::http::openapi
