/// What a connection has read and cannot use yet, and when it came.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace treasurer::http {

/// Empty, it keeps no memory. Times are as coarse as `kStep`, and never later than the truth. Threads: one.
class ReadAhead {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    bool empty() const { return rest().empty(); }
    std::size_t size() const { return bytes_.size() - used_; }
    std::string_view rest() const { return std::string_view(bytes_).substr(used_); }

    void add(std::string_view bytes, TimePoint now) {
        if (bytes.empty()) return;
        // Not at every turn of a connection that has read far ahead.
        if (used_ * 2 > bytes_.size()) bytes_.erase(0, std::exchange(used_, 0));
        bytes_.append(bytes);
        if (parts_.empty() || now - parts_.back().came >= kStep) parts_.push_back({0, now});
        parts_.back().bytes += bytes.size();
    }
    /// The last `left` bytes stay.
    void keep(std::size_t left) {
        if (left == 0) return clear();
        auto surplus = size() - left;
        used_ += surplus;
        auto part = parts_.begin();
        for (; surplus >= part->bytes; ++part) surplus -= part->bytes;
        part->bytes -= surplus;
        parts_.erase(parts_.begin(), part);
    }
    /// When the last byte before the last `left` ones came. Of an empty one, or with all of it left: `otherwise`.
    TimePoint came(std::size_t left, TimePoint otherwise) const {
        for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
            if (left < part->bytes) return part->came;
            left -= part->bytes;
        }
        return otherwise;
    }
    /// All of it counts as if it came now.
    void renew(TimePoint now) {
        if (!parts_.empty()) parts_.assign(1, {size(), now});
    }

private:
    static constexpr std::chrono::milliseconds kStep{10};
    struct Part {
        std::size_t bytes;
        TimePoint came;
    };
    void clear() {
        std::string().swap(bytes_);
        std::vector<Part>().swap(parts_);
        used_ = 0;
    }

    std::string bytes_;
    std::size_t used_ = 0;
    std::vector<Part> parts_;  ///< of what is not used, in order
};

}  // namespace treasurer::http
