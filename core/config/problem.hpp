/// Where something stands in the settings, and what is wrong there: one clear line for people.
#pragma once

#include <string>
#include <vector>

namespace treasurer {

/// Where a value came from: a file's line and column, from 1, or "--set path" (line 0).
struct Position {
    std::string source = {};
    int line = 0;
    int column = 0;
    std::string to_string() const;  ///< "treasurer.yaml:12:3" or "--set server.port"
};

struct Problem {
    Position at;
    std::string what;
    std::string to_string() const;  ///< "treasurer.yaml:12:3: unknown setting 'prot' (did you mean 'port'?)"
};

using Problems = std::vector<Problem>;

}  // namespace treasurer
