/// Text as PostgreSQL can keep it. Its `text` holds any UTF-8 but NUL; a NUL is written as two bytes that sort where it
/// sorts, and every other text stands in the database as it is.
#pragma once

#include <string>
#include <string_view>

namespace storage_postgres {

bool is_utf8(std::string_view text);
/// How many bytes the first character of `text`, which is not empty, has; 0: it is not UTF-8.
std::size_t utf8_length(std::string_view text);
/// NUL becomes 01 01, and 01 becomes 01 02: order and equality stay those of the bytes. `text` is UTF-8.
std::string to_stored(std::string_view text);
std::string from_stored(std::string_view stored);

/// Whether a column of type json takes these bytes, and gives them back. Stricter than PostgreSQL in what may nest.
bool is_storable_json(std::string_view body);

}  // namespace storage_postgres
