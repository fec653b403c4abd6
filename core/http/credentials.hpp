/// What a request shows of who sends it.
#pragma once

#include <optional>
#include <string_view>

#include "http/api_problem.hpp"
#include "http/message.hpp"

namespace treasurer::http {

/// The token of "Authorization: Bearer TOKEN"; nullopt when the request has none, or another scheme. A view into the
/// request. Problems: bad_request when there is more than one: a proxy and this host might each believe another.
Parsed<std::optional<std::string_view>> credential_of(const Request& request);

}  // namespace treasurer::http
