/// Units for sizes in bytes.
#pragma once

#include <cstddef>

namespace treasurer::http {

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;

}  // namespace treasurer::http
