/// Bytes as text (RFC 4648, section 4, with padding).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace treasurer::auth {

std::string base64(std::string_view bytes);
/// nullopt: not base64 text.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace treasurer::auth
