/// RFC 3339 times in UTC, to the millisecond.
#pragma once

#include <string>

#include "runtime/clock.hpp"

namespace treasurer::observe {

/// Appends "2023-11-14T22:13:20.000Z". Locale-free.
void append_timestamp(std::string& out, UnixMillis unix_ms);
std::string timestamp(UnixMillis unix_ms);

}  // namespace treasurer::observe
