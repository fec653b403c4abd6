/// What a plugin wrote may be any bytes; reports and logs are UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace atr::testkit {

bool is_utf8(std::string_view text);

/// The same text with U+FFFD for every byte that belongs to no letter, those of a letter that was cut among them.
std::string repaired_utf8(std::string_view text);

}  // namespace atr::testkit
