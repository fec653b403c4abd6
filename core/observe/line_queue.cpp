#include "observe/line_queue.hpp"

#include <utility>

namespace treasurer::observe {

void LineQueue::push(std::string_view line) {
    if (lines_ >= max_lines_) drop_oldest();
    text_.append(line);
    text_ += '\n';
    ++lines_;
}

/// What was dropped is given back when it is the larger part.
void LineQueue::drop_oldest() {
    begin_ = text_.find('\n', begin_) + 1;
    --lines_;
    ++lost_;
    if (begin_ <= text_.size() / 2) return;
    text_.erase(0, begin_);
    begin_ = 0;
}

void LineQueue::take(std::string& into) {
    text_.erase(0, std::exchange(begin_, 0));
    lines_ = 0;
    into.clear();
    text_.swap(into);
}

std::string_view whole_lines(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    auto end = text.rfind('\n', most == 0 ? 0 : most - 1);
    if (end == std::string_view::npos) end = text.find('\n');
    return text.substr(0, end + 1);
}

}  // namespace treasurer::observe
