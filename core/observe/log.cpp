#include "observe/log.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "observe/timestamp.hpp"
#include "runtime/json_string.hpp"

namespace treasurer::observe {
namespace {

constexpr std::array levels{Level::trace, Level::debug, Level::info, Level::warn, Level::error};

/// By their first letters.
constexpr std::array<std::string_view, 16> secret_words{
    "account_no", "address", "api_key",  "apikey",        "authorization", "cookie", "credential", "iban",
    "passphrase", "passwd",  "password", "prepared_blob", "private_key",   "secret", "token",      "wallet"};

/// Where the words that begin with a letter stand in that list: most letters begin none.
struct Words {
    std::uint8_t begin = 0, end = 0;
};
constexpr std::array<Words, 256> words_by_letter = [] {
    std::array<Words, 256> out{};
    for (std::uint8_t i = 0; i < secret_words.size(); ++i) {
        auto& words = out[static_cast<unsigned char>(secret_words[i].front())];
        if (words.end == 0) words.begin = i;
        words.end = i + 1;
    }
    return out;
}();

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool begins_ignoring_case(std::string_view text, std::string_view word) {
    return text.size() >= word.size() &&
           std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

template <class Number>
void append_number(std::string& out, Number number) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

struct Writer {
    std::string& out;
    void operator()(std::string_view text) const { append_json_string(out, text); }
    void operator()(bool truth) const { out += truth ? "true" : "false"; }
    void operator()(double number) const {
        if (std::isfinite(number))
            append_number(out, number);
        else
            out += "null";
    }
    template <class Integer>
    void operator()(Integer number) const {
        append_number(out, number);
    }
};

}  // namespace

std::string_view to_string(Level level) {
    switch (level) {
        case Level::trace:
            return "trace";
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warn:
            return "warn";
        case Level::error:
            return "error";
    }
    return "error";
}

std::optional<Level> level_from(std::string_view name) {
    const auto found =
        std::find_if(levels.begin(), levels.end(), [&](Level level) { return to_string(level) == name; });
    if (found == levels.end()) return std::nullopt;
    return *found;
}

bool is_redacted_name(std::string_view name) {
    for (std::size_t at = 0; at < name.size(); ++at) {
        const Words words = words_by_letter[static_cast<unsigned char>(lower(name[at]))];
        for (std::size_t i = words.begin; i < words.end; ++i)
            if (begins_ignoring_case(name.substr(at), secret_words[i])) return true;
    }
    return false;
}

void Log::write(Level level, std::string_view message, std::span<const Field> fields) {
    if (!is_on(level)) return;
    thread_local std::string out;
    out.assign(R"({"ts":")");
    append_timestamp(out, clock_.unix_ms());
    out += R"(","level":")";
    out += to_string(level);
    out += R"(","msg":)";
    append_json_string(out, message);
    for (const auto& field : fields) {
        out += ',';
        append_json_string(out, field.name);
        out += ':';
        if (is_redacted_name(field.name))
            out += R"("[redacted]")";
        else
            std::visit(Writer{out}, field.value);
    }
    out += '}';
    line(level, out);
}

}  // namespace treasurer::observe
