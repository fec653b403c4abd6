/// Writes one JSON object as text, member by member, without a tree of it in between: bodies of records are written
/// far more often than anybody looks into them.
#pragma once

#include <atr/money.hpp>
#include <charconv>
#include <string>
#include <string_view>

#include "runtime/json_string.hpp"

namespace treasurer {

/// Names are JSON strings' insides as they stand; each is given once.
class JsonWriter {
public:
    explicit JsonWriter(std::size_t expected_bytes = 512) {
        out_.reserve(expected_bytes);
        out_ += '{';
    }

    /// A string. Bytes that are no UTF-8 become U+FFFD.
    JsonWriter& text(std::string_view name, std::string_view value) {
        begin(name);
        append_json_string(out_, value);
        return *this;
    }
    /// A string, unless it is empty.
    JsonWriter& text_if(std::string_view name, std::string_view value) {
        return value.empty() ? *this : text(name, value);
    }
    template <class Integer>
    JsonWriter& number(std::string_view name, Integer value) {
        begin(name);
        char digits[24];
        out_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
        return *this;
    }
    /// A number, unless it is zero.
    template <class Integer>
    JsonWriter& number_if(std::string_view name, Integer value) {
        return value == 0 ? *this : number(name, value);
    }
    JsonWriter& flag(std::string_view name, bool value) { return json(name, value ? "true" : "false"); }
    /// True, or nothing.
    JsonWriter& flag_if(std::string_view name, bool value) { return value ? flag(name, true) : *this; }
    /// {"amount":"12.50","asset":"MNEE"}
    JsonWriter& money(std::string_view name, const atr::Money& value) {
        begin(name);
        out_ += '{';
        text("amount", value.amount.to_string()).text("asset", value.asset);
        out_ += '}';
        return *this;
    }
    /// What is JSON already.
    JsonWriter& json(std::string_view name, std::string_view value) {
        begin(name);
        out_ += value;
        return *this;
    }
    /// An object; `write` is given this writer for its members.
    template <class Write>
    JsonWriter& object(std::string_view name, Write write) {
        begin(name);
        element(write);
        return *this;
    }
    /// An array of objects, one for each of `items`, unless there is none; `write` is given this writer and the item.
    template <class Items, class Write>
    JsonWriter& objects_if(std::string_view name, const Items& items, Write write) {
        if (items.empty()) return *this;
        begin(name);
        out_ += '[';
        for (const auto& item : items) {
            if (out_.back() != '[') out_ += ',';
            element([&](JsonWriter& writer) { write(writer, item); });
        }
        out_ += ']';
        return *this;
    }

    std::string done() && {
        out_ += '}';
        return std::move(out_);
    }

private:
    void begin(std::string_view name) {
        if (out_.back() != '{') out_ += ',';
        out_ += '"';
        out_ += name;
        out_ += "\":";
    }
    template <class Write>
    void element(Write write) {
        out_ += '{';
        write(*this);
        out_ += '}';
    }

    std::string out_;
};

}  // namespace treasurer
