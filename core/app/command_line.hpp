/// What every command shares: the settings options, opening the core, and how results and errors are told.
#pragma once

#include "app/core_services.hpp"
#include "config/loader.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

namespace treasurer::app {

/// Exit codes of every command. A file that is named and not there is usage, whatever it is.
enum ExitCode : int { done = 0, finding = 1, usage = 2 };

/// --config, --data and --set, the same for all commands.
struct SettingsOptions {
    std::string config;
    std::string data;
    std::vector<std::string> overrides;

    void add_to(CLI::App& command);
    /// How the file would be read, or nullopt after it was said that there is none.
    std::optional<LoadOptions> load_options() const;
    /// The settings, or nullopt after every problem has been printed.
    std::optional<Settings> load() const;
};

/// The environment of this process.
EnvLookup process_environment();
/// The folder `plugins` beside the folder of this program.
std::string default_plugins_dir();

/// "error: what, where, what to do" on standard error.
void print_error(const std::string& text);

/// Makes the data folder where there is none, and from then on whatever this process makes is its owner's alone:
/// invoices and password hashes are nobody else's to read. Call it before there are threads.
void make_data_folder(const std::string& folder, std::error_code& error);

/// Whether a command may begin new books, or needs the data folder and the books to be there: a mistyped folder must
/// not verify as clean.
enum class Folder { make, needed };

/// Opens and prepares the core for one command, runs it, and closes. `run` returns the exit code.
int with_core(const SettingsOptions& options, WantedPlugins wanted, Folder folder,
              const std::function<int(CoreServices&)>& run);

/// Each adds one command (and what belongs to it) to the program; the command sets `exit_code` when it runs.
void add_serve(CLI::App& program, int& exit_code);
void add_config(CLI::App& program, int& exit_code);
void add_plugin(CLI::App& program, int& exit_code);
void add_plugin_check(CLI::App& plugin, int& exit_code);
void add_plugin_explain(CLI::App& plugin, int& exit_code);
void add_plugin_new(CLI::App& plugin, int& exit_code);
void add_parse(CLI::App& program, int& exit_code);
void add_user(CLI::App& program, int& exit_code);
void add_token(CLI::App& program, int& exit_code);
void add_vendor(CLI::App& program, int& exit_code);
void add_ledger(CLI::App& program, int& exit_code);
void add_storage(CLI::App& program, int& exit_code);
void add_backup(CLI::App& program, int& exit_code);
void add_quarantine(CLI::App& program, int& exit_code);
void add_simulate(CLI::App& program, int& exit_code);

}  // namespace treasurer::app
