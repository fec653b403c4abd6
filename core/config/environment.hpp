/// ${NAME} and ${NAME:-default} inside of values.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "config/problem.hpp"
#include "config/yaml_tree.hpp"

namespace treasurer {

/// The value of an environment variable, or nullopt. Injected: nothing below app/ reads the environment.
using EnvLookup = std::function<std::optional<std::string>(const std::string& name)>;

/// Replaces ${NAME} in every scalar below `node`; "$${" stands for a literal "${". What is put in is never read as YAML
/// structure or expanded again, but may be a number: a value that holds a variable counts as written without quotes.
/// A variable without value and default is a problem.
void expand_environment(YamlNode& node, const EnvLookup& env, Problems& problems);

}  // namespace treasurer
