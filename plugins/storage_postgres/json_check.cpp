#include "json_check.hpp"

#include <array>
#include <cstdint>
#include <locale>
#include <sstream>
#include <string>

#include "stored_text.hpp"

namespace storage_postgres {
namespace {

/// Numbers of no more digits, and exponents of no more, fit a double whatever they are.
constexpr std::ptrdiff_t safe_digits = 200, safe_exponent_digits = 2;

constexpr std::string_view simple_escapes = "\"\\/bfnrt";

/// Bytes that a string holds as they are: ASCII but for quotes, backslashes and control characters.
constexpr std::array<bool, 256> plain_bytes = [] {
    std::array<bool, 256> out{};
    for (std::size_t byte = 0x20; byte < 0x80; ++byte) out[byte] = byte != '"' && byte != '\\';
    return out;
}();

class Reader {
public:
    Reader(std::string_view text, int deepest) : at_(text.data()), end_(at_ + text.size()), deepest_(deepest) {}

    bool is_document() {
        if (!value(0)) return false;
        skip_space();
        return at_ == end_;
    }

private:
    bool value(int depth) {
        skip_space();
        if (at_ == end_) return false;
        switch (*at_) {
            case '{':
                return depth < deepest_ && object(depth + 1);
            case '[':
                return depth < deepest_ && array(depth + 1);
            case '"':
                return string();
            case 't':
                return word("true");
            case 'f':
                return word("false");
            case 'n':
                return word("null");
            default:
                return number();
        }
    }

    bool object(int depth) {
        ++at_;
        if (next_is('}')) return true;
        do {
            skip_space();
            if (at_ == end_ || *at_ != '"' || !string() || !next_is(':') || !value(depth)) return false;
        } while (next_is(','));
        return next_is('}');
    }

    bool array(int depth) {
        ++at_;
        if (next_is(']')) return true;
        do {
            if (!value(depth)) return false;
        } while (next_is(','));
        return next_is(']');
    }

    bool string() {
        ++at_;
        for (;;) {
            while (at_ != end_ && plain_bytes[static_cast<unsigned char>(*at_)]) ++at_;
            if (at_ == end_) return false;
            const auto byte = static_cast<unsigned char>(*at_);
            if (byte == '"') {
                ++at_;
                return true;
            }
            if (byte == '\\' ? !escape() : byte < 0x80 || !character()) return false;
        }
    }

    bool character() {
        const std::size_t length = utf8_length({at_, static_cast<std::size_t>(end_ - at_)});
        at_ += length;
        return length > 0;
    }

    bool escape() {
        ++at_;
        if (at_ == end_) return false;
        if (*at_ != 'u') return simple_escapes.find(*at_++) != std::string_view::npos;
        ++at_;
        std::uint32_t unit = 0, second = 0;
        if (!hex(unit)) return false;
        if (unit < 0xd800 || unit > 0xdfff) return true;
        if (unit > 0xdbff || end_ - at_ < 2 || at_[0] != '\\' || at_[1] != 'u') return false;
        at_ += 2;
        return hex(second) && second >= 0xdc00 && second <= 0xdfff;
    }

    bool hex(std::uint32_t& to) {
        if (end_ - at_ < 4) return false;
        for (int i = 0; i < 4; ++i, ++at_) {
            const char c = *at_;
            const int digit = c >= '0' && c <= '9'   ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : -1;
            if (digit < 0) return false;
            to = to * 16 + static_cast<std::uint32_t>(digit);
        }
        return true;
    }

    bool number() {
        const char* const begin = at_;
        if (*at_ == '-') ++at_;
        if (at_ != end_ && *at_ == '0')
            ++at_;
        else if (digits() == 0)
            return false;
        if (at_ != end_ && *at_ == '.') {
            ++at_;
            if (digits() == 0) return false;
        }
        bool is_safe = at_ - begin <= safe_digits;
        if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
            ++at_;
            if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
            const auto exponent = digits();
            if (exponent == 0) return false;
            is_safe = is_safe && exponent <= safe_exponent_digits;
        }
        return is_safe || is_finite({begin, at_});
    }

    static bool is_finite(const std::string& number) {
        std::istringstream in(number);
        in.imbue(std::locale::classic());
        double value = 0;
        return static_cast<bool>(in >> value);
    }

    std::ptrdiff_t digits() {
        const char* const begin = at_;
        while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
        return at_ - begin;
    }

    bool word(std::string_view wanted) {
        if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(wanted)) return false;
        at_ += wanted.size();
        return true;
    }

    void skip_space() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
    }

    bool next_is(char wanted) {
        skip_space();
        if (at_ == end_ || *at_ != wanted) return false;
        ++at_;
        return true;
    }

    const char* at_;
    const char* const end_;
    const int deepest_;
};

}  // namespace

bool is_json(std::string_view text, int deepest) {
    return Reader(text, deepest).is_document();
}

}  // namespace storage_postgres
