/// Finds the end of a message head while holding every byte of it to RFC 9112's grammar, each byte looked at once.
#pragma once

#include <cstddef>
#include <string_view>

#include "http/bytes.hpp"
#include "http/refusal.hpp"

namespace treasurer::http {

/// Feed it bytes in any portions; it keeps its place between them, so a client that sends one byte at a time costs no
/// more than one that sends all. Refuses at the first offending byte: bare CR or LF, folded lines, control characters,
/// whitespace around names or colons, a request line without exactly one space between its three parts.
class HeadScanner {
public:
    enum class Section { head, trailers };  ///< trailers are fields alone, without a request line
    struct Limits {
        std::size_t max_bytes = 16 * kKiB;
        std::size_t max_target_bytes = 8 * kKiB;
    };

    HeadScanner(Section section, Limits limits);

    /// Takes bytes up to the end of the head (or of `data`, or of what is acceptable); returns how many.
    std::size_t scan(std::string_view data);

    bool done() const { return state_ == State::done; }
    bool refused() const { return state_ == State::refused; }
    const Refusal& refusal() const { return refusal_; }

    /// Bytes of the empty line that may precede a request line.
    std::size_t leading_bytes() const { return leading_; }
    bool has_begun() const { return total_ > leading_; }

private:
    enum class State {
        before,
        before_lf,
        method,
        target,
        version,
        line_lf,
        line_begin,
        name,
        value,
        end_lf,
        done,
        refused,
    };
    std::size_t uneventful(std::string_view data) const;
    void step(char c);
    void first_byte(char c);
    void next(State state);
    void refuse(int status, std::string_view code, std::string_view detail);

    Limits limits_;
    State state_;
    Refusal refusal_;
    std::size_t total_ = 0;
    std::size_t leading_ = 0;
    std::size_t part_size_ = 0;  ///< bytes of the method, target or version so far
};

}  // namespace treasurer::http
