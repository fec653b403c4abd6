/// Whether a text has the form that a schema's `pattern` asks for, in bounded time and stack whatever the pattern is.
#pragma once

#include <optional>
#include <string>

namespace treasurer {

/// True when the pattern (ECMAScript, over Unicode characters) is found somewhere in the text. nullopt when that is
/// left to the plugin: the pattern is malformed, uses look-ahead or back references, or has more than 4096 steps once
/// its counts are written out; or the text has more than 1024 bytes. Time: the product of both sizes.
std::optional<bool> has_form(const std::string& text, const std::string& pattern);

}  // namespace treasurer
