/// A line that the check writes and the runner can read after the check has died: memory shared between processes.
#pragma once

#include <array>
#include <atomic>
#include <string>
#include <string_view>

namespace atr::testkit {

class Note {
public:
    Note();
    ~Note();
    Note(const Note&) = delete;
    Note& operator=(const Note&) = delete;

    /// Threads: any; of two at once, one wins. A literal or other text without line ends, cut to what fits.
    void write(std::string_view text);
    std::string read() const;
    void clear();

private:
    struct Page {
        std::atomic_flag busy;
        std::array<char, 200> text;
    };
    Page* page_;
};

}  // namespace atr::testkit
