/// How records become JSON bodies and back. One record type names itself (collection), its key and its index values.
#pragma once

#include <atr/money.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace treasurer {

using Json = nlohmann::json;

/// Money in JSON is {"amount":"12.50","asset":"MNEE"}: decimal text, never a JSON number.
inline Json money_json(const atr::Money& money) {
    return {{"amount", money.amount.to_string()}, {"asset", money.asset}};
}

inline atr::Money money_from(const Json& json) {
    auto money = atr::Money::parse(json.at("amount").get<std::string>(), json.at("asset").get<std::string>());
    if (!money) throw std::invalid_argument("a stored amount is malformed");
    return *money;
}

inline void set_if(Json& json, const char* name, const std::string& value) {
    if (!value.empty()) json[name] = value;
}
inline std::string text_or(const Json& json, const char* name) {
    return json.value(name, std::string());
}

/// JSON text that cannot throw on invalid UTF-8: offending bytes become U+FFFD.
inline std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The body that a record is stored as.
template <class R>
std::string body_of(const R& record) {
    if constexpr (requires { record.to_text(); })
        return record.to_text();
    else
        return dump(record.to_json());
}

}  // namespace treasurer
