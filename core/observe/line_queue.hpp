/// Lines of text that wait to be written: so many, and of those that are too many the oldest go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace treasurer::observe {

/// One block of text, so that a line costs no allocation of its own. Threads: one at a time.
class LineQueue {
public:
    explicit LineQueue(std::size_t max_lines) : max_lines_(max_lines) {}

    /// `line` has no line end.
    void push(std::string_view line);
    /// All that wait, each with its line end; what memory `into` has is used for the next ones.
    void take(std::string& into);

    std::size_t lines() const { return lines_; }
    /// How many went unwritten.
    std::uint64_t lost() const { return lost_; }

private:
    void drop_oldest();

    const std::size_t max_lines_;
    std::string text_;
    std::size_t begin_ = 0;  ///< of the oldest in the text
    std::size_t lines_ = 0;
    std::uint64_t lost_ = 0;
};

/// The lines at the beginning of `text`, of which each has its end, that have `most` bytes together; at least one line.
std::string_view whole_lines(std::string_view text, std::size_t most);

}  // namespace treasurer::observe
