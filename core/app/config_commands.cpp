// treasurer config check | show | schema: the settings file.
#include "app/command_line.hpp"
#include "app/plugin_schemas.hpp"
#include "app/policy_settings.hpp"
#include "config/settings_listing.hpp"
#include "runtime/block_on.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>

namespace treasurer::app {
namespace {

void print(const std::vector<ListedSetting>& settings) {
    std::size_t widest = 0;
    for (const auto& one : settings) widest = std::max(widest, one.path.size() + one.value.size() + 2);
    for (const auto& one : settings) {
        const std::string left = one.path + ": " + one.value;
        std::cout << left << std::string(widest - left.size() + 2, ' ') << "# " << one.where << '\n';
    }
}

/// Replaces what the file says of policy by what storage holds.
int overlay_stored(const SettingsOptions& options, std::vector<ListedSetting>& listed) {
    return with_core(options, storage_only, Folder::needed, [&](CoreServices& core) {
        const auto policy = block_on(core.executor, core.store->find<Policy>(Policy::current));
        if (!policy) {
            print_error(policy.error().message);
            return static_cast<int>(finding);
        }
        if (!*policy) return static_cast<int>(done);
        const auto stored = by_setting(**policy);
        for (auto& one : listed)
            if (const auto at = stored.find(one.path); at != stored.end()) {
                one.value = at->second;
                one.where = "storage";
            }
        return static_cast<int>(done);
    });
}

/// False after it was said that the file that was named is not there: that is no finding about a file.
bool needs_file(const SettingsOptions& options) {
    std::error_code error;
    if (options.config.empty() || std::filesystem::is_regular_file(options.config, error)) return true;
    print_error(options.config + ": no such file");
    return false;
}

void add_check(CLI::App& config, int& exit_code) {
    auto options = std::make_shared<SettingsOptions>();
    auto* check = config.add_subcommand("check", "check a settings file; prints every problem as file:line:column");
    check->add_option("file", options->config, "the settings file")->required();
    check->add_option("--data", options->data, "data folder, for ${TREASURER_DATA}");
    check->add_option("--set", options->overrides, "override one setting: path.to.key=value; may be repeated")
        ->allow_extra_args(false);
    check->callback([options, &exit_code] {
        exit_code = needs_file(*options) ? options->load() ? done : finding : usage;
        if (exit_code == done) std::cout << options->config << ": no problems\n";
    });
}

void add_show(CLI::App& config, int& exit_code) {
    struct Options {
        SettingsOptions settings;
        bool stored = false;
    };
    auto options = std::make_shared<Options>();
    auto* show = config.add_subcommand("show", "every setting, its value and where that comes from");
    options->settings.add_to(*show);
    show->add_flag("--stored", options->stored, "ask storage for what it holds since the first start");
    show->callback([options, &exit_code] {
        const auto load = options->settings.load_options();
        if (!load || !needs_file(options->settings)) {
            exit_code = usage;
            return;
        }
        auto listed = list_settings(*load);
        if (auto* problems = std::get_if<Problems>(&listed)) {
            for (const auto& problem : *problems) print_error(problem.to_string());
            exit_code = finding;
            return;
        }
        auto& settings = std::get<std::vector<ListedSetting>>(listed);
        exit_code = options->stored ? overlay_stored(options->settings, settings) : done;
        if (exit_code == done) print(settings);
    });
}

void add_schema(CLI::App& config, int& exit_code) {
    auto dir = std::make_shared<std::string>(default_plugins_dir());
    auto* schema = config.add_subcommand("schema", "the JSON Schema of a settings file, for editors");
    schema->add_option("--dir", *dir, "the plugin folder (default: beside this program)");
    schema->callback([dir, &exit_code] {
        const auto plugins = known_plugins(*dir);
        if (!plugins) {
            print_error(plugins.error().message);
            exit_code = usage;
            return;
        }
        std::cout << settings_schema(*plugins).dump(2) << '\n';
        exit_code = done;
    });
}

}  // namespace

void add_config(CLI::App& program, int& exit_code) {
    auto* config = program.add_subcommand("config", "settings")->require_subcommand(1);
    add_check(*config, exit_code);
    add_show(*config, exit_code);
    add_schema(*config, exit_code);
}

}  // namespace treasurer::app
