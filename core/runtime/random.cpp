#include "runtime/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace treasurer {

std::uint64_t SystemRandom::next() {
    std::uint64_t out = 0;
    while (getrandom(&out, sizeof out, 0) != static_cast<ssize_t>(sizeof out))
        if (errno != EINTR) std::abort();  // without randomness nothing here may go on
    return out;
}

}  // namespace treasurer
