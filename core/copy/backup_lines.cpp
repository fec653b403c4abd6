#include "copy/backup_lines.hpp"

#include "auth/base64.hpp"

namespace treasurer::copy {

std::string json_of_bytes(const std::string& bytes) {
    try {
        return Json(bytes).dump();
    } catch (const Json::type_error&) {  // not UTF-8
        return Json({{"base64", auth::base64(bytes)}}).dump();
    }
}

std::optional<std::string> bytes_of_json(const Json& json) {
    if (json.is_string()) return json.get<std::string>();
    const auto coded = json.is_object() ? json.find("base64") : json.end();
    if (!json.is_object() || coded == json.end() || !coded->is_string()) return std::nullopt;
    return auth::from_base64(coded->get<std::string>());
}

std::string record_line(const atr::Record& record) {
    return "[" + json_of_bytes(record.key) + "," + std::to_string(record.version) + "," +
           std::to_string(record.updated_unix_ms) + "," + json_of_bytes(record.body) + "]";
}

std::optional<atr::Record> record_of_line(const Json& line, const std::string& collection) {
    const bool whole =
        line.is_array() && line.size() == 4 && line[1].is_number_unsigned() && line[2].is_number_integer();
    if (!whole) return std::nullopt;
    auto key = bytes_of_json(line[0]), body = bytes_of_json(line[3]);
    if (!key || !body || key->empty()) return std::nullopt;
    return atr::Record{.collection = collection,
                       .key = std::move(*key),
                       .version = line[1].get<std::uint64_t>(),
                       .updated_unix_ms = line[2].get<std::int64_t>(),
                       .body = std::move(*body)};
}

}  // namespace treasurer::copy
