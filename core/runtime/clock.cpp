#include "runtime/clock.hpp"

#include <chrono>

namespace treasurer {

UnixMillis SystemClock::unix_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace treasurer
