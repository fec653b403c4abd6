/// The commands below `treasurer plugin` that are for a plugin's author.
#pragma once

#include <CLI/CLI.hpp>

namespace treasurer::app {

/// Each adds one command, which sets `exit_code` when it runs.
void add_plugin_new(CLI::App& plugin, int& exit_code);
void add_plugin_explain(CLI::App& plugin, int& exit_code);

}  // namespace treasurer::app
