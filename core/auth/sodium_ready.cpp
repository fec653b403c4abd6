#include "auth/sodium_ready.hpp"

#include <sodium.h>

#include <cstdlib>

namespace treasurer::auth {

void sodium_ready() {
    static const int state = sodium_init();
    if (state < 0) std::abort();
}

}  // namespace treasurer::auth
