#include "http/json_value.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace treasurer::http {
namespace {

/// Builds the tree from the events of nlohmann's parser; a callback that returns false stops it.
class TreeBuilder final : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit TreeBuilder(JsonLimits limits) : limits_(limits) {}

    bool null() override { return add(JsonValue()); }
    bool boolean(bool value) override { return add(JsonValue(value)); }
    bool number_integer(number_integer_t value) override {
        return add(JsonValue(JsonNumberText{std::to_string(value)}));
    }
    bool number_unsigned(number_unsigned_t value) override {
        return add(JsonValue(JsonNumberText{std::to_string(value)}));
    }
    bool number_float(number_float_t, const string_t& text) override { return add(JsonValue(JsonNumberText{text})); }
    bool string(string_t& value) override { return add(JsonValue(std::move(value))); }
    bool binary(binary_t&) override { return refuse("binary values are not JSON"); }
    bool start_object(std::size_t) override { return open(JsonValue(JsonValue::Object{})); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(JsonValue(JsonValue::Array{})); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        auto& members = *open_.back().object();
        if (members.size() >= limits_.max_members) return refuse("an object has too many members");
        const auto same = [&](const JsonValue::Member& member) { return member.first == name; };
        if (std::any_of(members.begin(), members.end(), same)) return refuse("a name stands twice in one object");
        members.emplace_back(std::move(name), JsonValue());
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
        // 406: a number beyond the range of a double; all others are grammar or encoding.
        why_ =
            (error.id == 406 ? "a number is too large at byte " : "malformed JSON at byte ") + std::to_string(position);
        return false;
    }

    const std::string& why() const { return why_; }
    JsonValue take() { return std::move(root_); }

private:
    bool refuse(std::string why) {
        why_ = std::move(why);
        return false;
    }
    bool add(JsonValue value) {
        if (++values_ > limits_.max_values) return refuse("the body holds too many values");
        if (open_.empty())
            root_ = std::move(value);
        else if (auto* members = open_.back().object())
            members->back().second = std::move(value);
        else
            open_.back().array()->push_back(std::move(value));
        return true;
    }
    bool open(JsonValue value) {
        if (open_.size() >= limits_.max_depth) return refuse("the body is nested too deeply");
        if (++values_ > limits_.max_values) return refuse("the body holds too many values");
        open_.push_back(std::move(value));
        return true;
    }
    bool close() {
        JsonValue done = std::move(open_.back());
        open_.pop_back();
        --values_;  // add() counts it again
        return add(std::move(done));
    }

    const JsonLimits limits_;
    JsonValue root_;
    std::vector<JsonValue> open_;  ///< containers not yet closed
    std::size_t values_ = 0;
    std::string why_;
};

}  // namespace

std::optional<atr::Decimal> JsonNumberText::decimal() const {
    const auto e = text.find_first_of("eE");
    if (e == std::string::npos) return atr::Decimal::parse(text);
    int exponent = 0;
    const char* digits = text.data() + e + 1;
    if (*digits == '+') ++digits;
    const auto [end, error] = std::from_chars(digits, text.data() + text.size(), exponent);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    const auto mantissa = atr::Decimal::parse(std::string_view(text).substr(0, e));
    if (!mantissa || mantissa->is_zero()) return mantissa;
    if (exponent < -2 * atr::Decimal::max_digits || exponent > 2 * atr::Decimal::max_digits) return std::nullopt;
    const auto units = mantissa->to_units(mantissa->scale());
    const int scale = mantissa->scale() - exponent;
    if (scale >= 0) return atr::Decimal::from_units(*units, scale);
    const auto whole = atr::Decimal::from_units(*units, 0);
    return whole->to_units(-scale) ? atr::Decimal::from_units(*whole->to_units(-scale), 0) : std::nullopt;
}

std::optional<std::int64_t> JsonNumberText::integer() const {
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return out;
}

const JsonValue* JsonValue::find(std::string_view name) const {
    const auto* members = object();
    if (!members) return nullptr;
    const auto found = std::find_if(members->begin(), members->end(), [&](const Member& m) { return m.first == name; });
    return found == members->end() ? nullptr : &found->second;
}

Parsed<JsonValue> parse_json(std::string_view text, JsonLimits limits) {
    TreeBuilder builder(limits);
    if (nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return builder.take();
    return Problem{.code = ErrorCode::invalid_json,
                   .detail = "The body is not acceptable JSON: " + builder.why() + "."};
}

}  // namespace treasurer::http
