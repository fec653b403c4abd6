/// Which rule this plugin breaks: each .so has a fault.cpp of its own, compiled with its name.
#pragma once

#include <string_view>

namespace broken {

extern const std::string_view fault;

inline bool breaks(std::string_view one) {
    return fault == one;
}

}  // namespace broken
