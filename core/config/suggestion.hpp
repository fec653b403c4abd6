/// "did you mean ...?" for a misspelt name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace treasurer {

/// " (did you mean 'port'?)", or nothing when no known name is near.
std::string suggestion(std::string_view wrong, const std::vector<std::string>& known);

/// The known names that are near, nearest first, `most` of them.
std::vector<std::string> nearest_names(std::string_view wrong, const std::vector<std::string>& known, std::size_t most);

}  // namespace treasurer
