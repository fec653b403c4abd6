/// Which bytes are a JSON document, told in one pass without reading it into anything.
#pragma once

#include <string_view>

namespace storage_postgres {

/// True for what nlohmann::json::accept() takes and whose arrays and objects lie at most `deepest` within each other:
/// RFC 8259 in UTF-8 without a byte order mark, where \u escapes give whole characters and numbers fit a double.
bool is_json(std::string_view text, int deepest);

}  // namespace storage_postgres
