/// The store's own clock, by which leases and keys expire: for SQLite that of this machine.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace storage_sqlite {

/// Milliseconds since 1970. Called from any thread.
using Clock = std::function<std::int64_t()>;

inline std::int64_t system_now_ms() {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

}  // namespace storage_sqlite
