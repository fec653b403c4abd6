#include "config/problem.hpp"

namespace treasurer {

std::string Position::to_string() const {
    if (line == 0) return source;
    return source + ':' + std::to_string(line) + ':' + std::to_string(column);
}

std::string Problem::to_string() const {
    return at.to_string() + ": " + what;
}

}  // namespace treasurer
