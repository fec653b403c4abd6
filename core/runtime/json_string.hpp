/// JSON strings appended to a text, always valid UTF-8 whatever bytes come in.
#pragma once

#include <string>
#include <string_view>

namespace treasurer {

/// Appends `text` in quotes. Bytes that are no UTF-8 become U+FFFD; control characters are escaped.
void append_json_string(std::string& out, std::string_view text);

}  // namespace treasurer
