#include "config/problem.hpp"

#include <string_view>

namespace treasurer {

std::string Position::to_string() const {
    if (line == 0) return source;
    return source + ':' + std::to_string(line) + ':' + std::to_string(column);
}

std::string Problem::to_string() const {
    constexpr std::string_view option = "--set ";  // what it names need not be named twice
    if (at.source.starts_with(option) && what.starts_with(at.source.substr(option.size()) + ": "))
        return "--set " + what;
    return at.to_string() + ": " + what;
}

}  // namespace treasurer
