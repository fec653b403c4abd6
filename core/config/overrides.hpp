/// --set path.to.key=value: values put into the tree over those of the file.
#pragma once

#include <string>
#include <vector>

#include "config/problem.hpp"
#include "config/yaml_tree.hpp"

namespace treasurer {

/// Applies the overrides in order. A value is taken as written; one that begins with '[' or '{' is read as YAML.
/// Naming another plugin (plugins....use) drops the file's config of the one it replaces, wherever it stands in the
/// list.
void apply_overrides(YamlNode& root, const std::vector<std::string>& overrides, Problems& problems);

}  // namespace treasurer
