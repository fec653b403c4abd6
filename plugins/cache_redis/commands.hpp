/// Commands as they go over the wire.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cache_redis {

using Words = std::vector<std::string_view>;

/// Several commands, each with one answer. Words are bytes of any value and length.
class Commands {
public:
    void add(const Words& words);
    const std::string& bytes() const { return bytes_; }
    std::size_t count() const { return count_; }

private:
    std::string bytes_;
    std::size_t count_ = 0;
};

}  // namespace cache_redis
