#include "http/request_ids.hpp"

#include <algorithm>

#include "http/characters.hpp"

namespace treasurer::http {

bool is_sane_request_id(std::string_view id) {
    const auto is_sane_char = [](char c) { return is_alpha(c) || is_digit(c) || detail::in("._-", c); };
    return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), is_sane_char);
}

/// splitmix64
std::uint64_t RequestIds::random() {
    auto x = state_ += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

std::string RequestIds::next(std::chrono::system_clock::time_point now) {
    const auto since_epoch = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
    const auto ms = static_cast<std::uint64_t>(since_epoch.count());
    const auto high = ms << 16 | 0x7000U | (random() & 0x0fffU);
    const auto low = (random() & 0x3fffffffffffffffU) | 0x8000000000000000U;
    std::string id(36, '-');
    const auto write = [&id](std::uint64_t bits, std::size_t begin, std::size_t digits) {
        for (auto i = digits; i-- > 0; bits >>= 4) id[begin + i] = "0123456789abcdef"[bits & 15U];
    };
    write(high >> 32, 0, 8);
    write(high >> 16, 9, 4);
    write(high, 14, 4);
    write(low >> 48, 19, 4);
    write(low, 24, 12);
    return id;
}

std::string RequestIds::choose(std::optional<std::string_view> offered, std::chrono::system_clock::time_point now) {
    return offered && is_sane_request_id(*offered) ? std::string(*offered) : next(now);
}

}  // namespace treasurer::http
