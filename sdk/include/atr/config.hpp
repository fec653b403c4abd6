/// A plugin's settings, declared once: the JSON Schema the host checks the operator's YAML against, and the reader that
/// fills the plugin's own struct. Defaults are the struct's member initialisers.
///
///     struct Settings { std::string path = "book.db"; std::int64_t pool = 4; };
///     inline atr::Config<Settings> settings_config() {
///         return atr::Config<Settings>{}.text("path", &Settings::path, "File of the book")
///                                       .integer("pool", &Settings::pool, 1, 64, "connections", "Open connections");
///     }
#pragma once

#include <atr/money.hpp>
#include <atr/result.hpp>
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace atr {
inline namespace v1 {

template <class Settings>
class Config {
public:
    using Json = nlohmann::json;

    Config& text(const std::string& name, std::string Settings::*member, const std::string& help) {
        return add(name, {{"type", "string"}, {"default", defaults_.*member}}, help,
                   [member](Settings& out, const Json& v) { out.*member = v.get<std::string>(); });
    }
    Config& choice(const std::string& name, std::string Settings::*member, std::vector<std::string> values,
                   const std::string& help) {
        return add(name, {{"type", "string"}, {"enum", std::move(values)}, {"default", defaults_.*member}}, help,
                   [member](Settings& out, const Json& v) { out.*member = v.get<std::string>(); });
    }
    Config& texts(const std::string& name, std::vector<std::string> Settings::*member, const std::string& help) {
        return add(name, {{"type", "array"}, {"items", {{"type", "string"}}}, {"default", defaults_.*member}}, help,
                   [member](Settings& out, const Json& v) { out.*member = v.get<std::vector<std::string>>(); });
    }
    Config& flag(const std::string& name, bool Settings::*member, const std::string& help) {
        return add(name, {{"type", "boolean"}, {"default", defaults_.*member}}, help,
                   [member](Settings& out, const Json& v) { out.*member = v.get<bool>(); });
    }
    Config& integer(const std::string& name, std::int64_t Settings::*member, std::int64_t min, std::int64_t max,
                    const std::string& unit, const std::string& help) {
        return add(
            name,
            {{"type", "integer"}, {"minimum", min}, {"maximum", max}, {"default", defaults_.*member}, {"x-unit", unit}},
            help, [member](Settings& out, const Json& v) { out.*member = v.get<std::int64_t>(); });
    }
    Config& milliseconds(const std::string& name, std::chrono::milliseconds Settings::*member, std::int64_t min,
                         std::int64_t max, const std::string& help) {
        return add(name,
                   {{"type", "integer"},
                    {"minimum", min},
                    {"maximum", max},
                    {"default", (defaults_.*member).count()},
                    {"x-unit", "ms"}},
                   help, [member](Settings& out, const Json& v) {
                       out.*member = std::chrono::milliseconds(v.get<std::int64_t>());
                   });
    }
    /// A decimal written as text, such as "100000.00"; never a JSON number, which could lose digits.
    Config& decimal(const std::string& name, Decimal Settings::*member, const std::string& help) {
        return add(
            name,
            {{"type", "string"}, {"pattern", "^-?[0-9]+(\\.[0-9]+)?$"}, {"default", (defaults_.*member).to_string()}},
            help, [member](Settings& out, const Json& v) {
                const auto value = Decimal::parse(v.get<std::string>());
                if (!value) throw std::invalid_argument("is not a decimal of up to 38 digits");
                out.*member = *value;
            });
    }
    /// The last declared setting has no usable default: the operator must give it.
    Config& required() {
        properties_[names_.back()].erase("default");
        required_.push_back(names_.back());
        return *this;
    }
    /// The last declared setting is an integer, and how many threads can work at once: the host refuses `threads` of an
    /// instance that are more.
    Config& bounds_threads() {
        properties_[names_.back()]["x-bounds-threads"] = true;
        return *this;
    }

    /// JSON Schema, in the subset that means the same in draft 7 and 2020-12.
    std::string schema() const {
        Json out = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                    {"type", "object"},
                    {"additionalProperties", false}};
        out["properties"] = properties_.is_null() ? Json::object() : properties_;
        if (!required_.empty()) out["required"] = required_;
        return out.dump();
    }

    /// Reads a JSON object that the host has already checked; still refuses what does not fit.
    /// Errors: rejected, ATR_E_CONFIG, naming the setting.
    Result<Settings> read(std::string_view json) const {
        const Json object = json.empty() ? Json::object() : Json::parse(json, nullptr, false);
        if (!object.is_object()) return rejected(ATR_E_CONFIG, "plugin settings are not a JSON object");
        Settings out = defaults_;
        for (const auto& [name, value] : object.items()) {
            const auto reader = readers_.find(name);
            if (reader == readers_.end()) return rejected(ATR_E_CONFIG, "unknown setting '" + name + "'");
            try {
                reader->second(out, value);
            } catch (const std::exception& error) {
                return rejected(ATR_E_CONFIG, "setting '" + name + "': " + error.what());
            }
        }
        for (const auto& name : required_)
            if (!object.contains(name)) return rejected(ATR_E_CONFIG, "setting '" + name + "' is missing");
        return out;
    }

private:
    using Reader = std::function<void(Settings&, const Json&)>;
    Config& add(const std::string& name, Json property, const std::string& help, Reader reader) {
        property["description"] = help;
        properties_[name] = std::move(property);
        readers_[name] = std::move(reader);
        names_.push_back(name);
        return *this;
    }

    Settings defaults_{};
    Json properties_ = Json::object();
    std::map<std::string, Reader> readers_;
    std::vector<std::string> names_, required_;
};

}  // namespace v1
}  // namespace atr
