/// What keeps a host from starting, told as one line.
#pragma once

#include <atr/result.hpp>

#include <string>
#include <utility>

namespace treasurer::app {

inline atr::Error cannot(std::string what, atr::Error error) {
    error.message = std::move(what) + ": " + error.message;
    return error;
}

}  // namespace treasurer::app
