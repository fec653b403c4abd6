/// Names for requests: the client's own where it is sane, else a UUIDv7.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace treasurer::http {

/// 1..64 letters, digits, '.', '_' or '-': safe in a header, a log line and a URL.
bool is_sane_request_id(std::string_view id);

/// Threads: one per thread. Ids are unique, not secret.
class RequestIds {
public:
    explicit RequestIds(std::uint64_t seed) : state_(seed) {}

    std::string next(std::chrono::system_clock::time_point now);
    /// The client's id if it is sane, else next(now).
    std::string choose(std::optional<std::string_view> offered, std::chrono::system_clock::time_point now);

private:
    std::uint64_t random();
    std::uint64_t state_;
};

}  // namespace treasurer::http
