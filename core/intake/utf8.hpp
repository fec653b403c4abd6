/// UTF-8 checks on what strangers send.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace treasurer::intake {

/// The offset of the first byte that is not valid UTF-8 (overlong forms and surrogates included); nullopt: all is
/// valid.
std::optional<std::size_t> invalid_utf8_at(std::string_view text);

/// True if there is nothing but white space and control characters.
bool is_blank(std::string_view text);

}  // namespace treasurer::intake
