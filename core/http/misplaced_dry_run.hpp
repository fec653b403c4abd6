/// A wish for a dry run that stands where nobody would look: what asked for it must not be carried out for that.
#pragma once

#include <optional>

#include "http/api_problem.hpp"
#include "http/message.hpp"
#include "http/route.hpp"

namespace treasurer::http {

/// validation_failed where a request that would change something has a header Dry-Run, which only answers have, or a
/// member dry_run in its body, of whatever type; invalid_json where the body names it and is no JSON object. Documents
/// and forms are not looked into. Threads: any. A body that does not name it costs one look through its bytes.
std::optional<Problem> misplaced_dry_run(const Route& route, const Request& request);

}  // namespace treasurer::http
