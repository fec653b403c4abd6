/// Base64 with the URL alphabet and no padding (RFC 4648, section 5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace storage_postgres {

std::string base64url(std::string_view bytes);
/// nullopt for anything that base64url() does not write.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace storage_postgres
