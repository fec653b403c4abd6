/// What the fuzzers share: rules that end the run when broken, and taking an input apart.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace fuzz {

/// Ends the process when the rule does not hold; libFuzzer then keeps the input.
inline void require(bool holds, const char* rule) {
    if (holds) return;
    std::fprintf(stderr, "broken rule: %s\n", rule);
    std::abort();
}

/// Takes values from the front of an input; gives zeros and empty texts when nothing is left.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

    template <class Number>
    Number number() {
        Number out{};
        const std::string_view bytes = take(sizeof out);
        if (!bytes.empty()) std::memcpy(&out, bytes.data(), bytes.size());
        return out;
    }
    std::uint8_t choice(std::uint8_t count) { return static_cast<std::uint8_t>(number<std::uint8_t>() % count); }
    /// A text with its length in front: one byte, or two behind 255.
    std::string_view text() {
        std::size_t length = number<std::uint8_t>();
        if (length == 255) length = number<std::uint16_t>();
        return take(length);
    }
    std::string_view take(std::size_t length) {
        const std::string_view out = rest_.substr(0, length);
        rest_.remove_prefix(out.size());
        return out;
    }
    std::string_view rest() const { return rest_; }
    bool empty() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

}  // namespace fuzz
