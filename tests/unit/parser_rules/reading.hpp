// What the engine reads from a text, in the words of the tests.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "parser_rules/engine.hpp"

namespace parser_rules {

inline const Engine& engine() {
    static const Engine shared;
    return shared;
}

/// An extraction that has been checked: every claim is inside the text, supported, and of a known path.
class Reading {
public:
    explicit Reading(std::string text) : text_(std::move(text)), found_(engine().extract(text_)) {
        for (const auto& field : found_.fields) {
            CAPTURE(field.path, field.value);
            CHECK(field.confidence_bp <= 10'000);
            CHECK_FALSE(field.value.empty());
            CHECK_FALSE(field.evidence.empty());
            for (const Span span : field.evidence) {
                CHECK(span.begin < span.end);
                CHECK(span.end <= text_.size());
            }
        }
    }

    /// Empty when the field is not there.
    std::string operator[](std::string_view path) const {
        const Field* field = found_.find(path);
        return field ? field->value : std::string{};
    }
    std::uint32_t confidence(std::string_view path) const {
        const Field* field = found_.find(path);
        return field ? field->confidence_bp : 0;
    }
    bool sure(std::string_view path) const { return confidence(path) >= kAskHuman; }
    bool doubts(std::string_view path) const { return found_.find(path) != nullptr && !sure(path); }
    std::string quote(std::string_view path) const {
        const Field* field = found_.find(path);
        return field ? std::string(field->evidence.front().of(text_)) : std::string{};
    }
    bool warns(std::string_view code) const {
        for (const auto& warning : found_.warnings) {
            if (warning.code == code) return true;
        }
        return false;
    }
    /// The message of the first warning of that code.
    std::string warning(std::string_view code) const {
        for (const auto& warning : found_.warnings)
            if (warning.code == code) return warning.message;
        return {};
    }
    std::size_t alternatives(std::string_view path) const {
        std::size_t n = 0;
        for (const auto& field : found_.fields) n += field.path == path && field.alternative > 0;
        return n;
    }
    const Extraction& found() const { return found_; }

private:
    std::string text_;
    Extraction found_;
};

}  // namespace parser_rules
