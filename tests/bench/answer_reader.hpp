/// As little reading of HTTP answers as a generator of load can do with: the status, where a body ends, and whether two
/// things that the load looks for stand in it.
#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace treasurer::bench {

struct Answer {
    int status = 0;  ///< 0: these are not the bytes of an answer
    bool has_retry_after = false;
    std::string_view body = {};
    std::size_t bytes = 0;  ///< head and body
};

/// The first answer in `input`; nullopt: it is not whole yet. Knows Content-Length and no other framing.
inline std::optional<Answer> read_answer(std::string_view input) {
    const auto head_end = input.find("\r\n\r\n");
    if (head_end == std::string_view::npos) return std::nullopt;
    const auto head = input.substr(0, head_end + 2);
    Answer out;
    if (!head.starts_with("HTTP/1.1 ") || head.size() < 12) return Answer{};
    if (std::from_chars(head.data() + 9, head.data() + 12, out.status).ec != std::errc{}) return Answer{};
    std::size_t length = 0;
    constexpr std::string_view name = "\r\nContent-Length: ";
    if (const auto at = head.find(name); at != std::string_view::npos) {
        const auto digits = head.substr(at + name.size());
        if (std::from_chars(digits.data(), digits.data() + digits.size(), length).ec != std::errc{}) return Answer{};
    } else if (out.status != 204 && out.status != 304) {
        return Answer{};
    }
    out.bytes = head_end + 4 + length;
    if (input.size() < out.bytes) return std::nullopt;
    out.body = input.substr(head_end + 4, length);
    out.has_retry_after = head.find("\r\nRetry-After: ") != std::string_view::npos;
    return out;
}

}  // namespace treasurer::bench
