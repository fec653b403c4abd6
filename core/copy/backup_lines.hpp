/// The lines of a backup file (copy/backup_file.hpp) as values.
#pragma once

#include "records/json.hpp"

#include <atr/storage.hpp>
#include <optional>

namespace treasurer::copy {

inline constexpr const char* backup_format = "treasurer-backup";
inline constexpr int backup_version = 1;

/// Text as itself; other bytes as {"base64":…}.
std::string json_of_bytes(const std::string& bytes);
/// nullopt: neither text nor {"base64":…}.
std::optional<std::string> bytes_of_json(const Json& json);

std::string record_line(const atr::Record& record);
/// nullopt: not the line of a record.
std::optional<atr::Record> record_of_line(const Json& line, const std::string& collection);

}  // namespace treasurer::copy
