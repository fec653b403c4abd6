#include "app/command_line.hpp"

#include "app/causes.hpp"
#include "app/plugin_schemas.hpp"
#include "config/existing_books.hpp"
#include "copy/record_source.hpp"
#include "runtime/block_on.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

namespace treasurer::app {
namespace {

namespace fs = std::filesystem;

std::string default_config() {
    if (const char* named = std::getenv("TREASURER_CONFIG")) return named;
    if (fs::exists("config/embedded.yaml")) return "config/embedded.yaml";
    return "/etc/treasurer/treasurer.yaml";
}

std::string default_data() {
    const char* named = std::getenv("TREASURER_DATA");
    return named ? named : "./treasurer-data";
}

/// Errors: no host ever used this storage. One that offers no copies is not asked.
atr::Result<> find_books(CoreServices& core) {
    StorageCopyPort* copies = core.plugins->storage_copy();
    if (copies == nullptr) return {};
    copy::PatientStorage patient(*copies, core.executor);
    auto source = block_on(core.executor, copy::SnapshotSource::open(patient, true));
    if (!source) return source.error();
    block_on(core.executor, source->close());
    return {};
}

}  // namespace

EnvLookup process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value ? std::optional<std::string>(value) : std::nullopt;
    };
}

std::string default_plugins_dir() {
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    return error ? "plugins" : (self.parent_path().parent_path() / "plugins").string();
}

void print_error(const std::string& text) {
    std::cerr << "error: " << text << '\n';
}

void SettingsOptions::add_to(CLI::App& command) {
    command.add_option(
        "--config", config,
        "settings file (default: $TREASURER_CONFIG, config/embedded.yaml, /etc/treasurer/treasurer.yaml)");
    command.add_option("--data", data,
                       "folder of everything the embedded default writes (default: $TREASURER_DATA, ./treasurer-data)");
    command.add_option("--set", overrides, "override one setting: path.to.key=value; may be repeated")
        ->take_all()
        ->allow_extra_args(false);
}

void make_data_folder(const std::string& folder, std::error_code& error) {
    ::umask(077);
    fs::create_directories(folder, error);
}

std::optional<LoadOptions> SettingsOptions::load_options() const {
    LoadOptions options;
    options.file = config.empty() ? default_config() : config;
    if (config.empty() && !fs::exists(options.file)) {
        print_error("there is no settings file " + options.file + "; name one with --config");
        return std::nullopt;
    }
    options.overrides = overrides;
    options.data_dir = fs::absolute(data.empty() ? default_data() : data).string();
    options.plugins_dir = default_plugins_dir();
    options.env = process_environment();
    options.plugin_schema = schema_of;
    return options;
}

std::optional<Settings> SettingsOptions::load() const {
    const auto read = load_options();
    if (!read) return std::nullopt;
    auto loaded = load_settings(*read);
    if (auto* problems = std::get_if<Problems>(&loaded)) {
        for (const auto& problem : *problems) print_error(problem.to_string());
        return std::nullopt;
    }
    return std::move(std::get<Settings>(loaded));
}

int with_core(const SettingsOptions& options, WantedPlugins wanted, Folder folder,
              const std::function<int(CoreServices&)>& run) {
    auto settings = options.load();
    if (!settings) return usage;
    std::error_code error;
    if (folder == Folder::needed && wanted.storage && !fs::is_directory(settings->data_dir, error)) {
        print_error("there is no data folder " + settings->data_dir + "; name it with --data");
        return usage;
    }
    if (folder == Folder::needed && wanted.storage)
        forbid_new_books(settings->plugins.storage, schema_of, settings->plugins.dir);
    make_data_folder(settings->data_dir, error);
    if (error) {
        print_error("the data folder " + settings->data_dir + " cannot be made: " + error.message() +
                    "; choose another with --data");
        return usage;
    }
    SystemClock clock;
    SystemRandom random;
    CauseLog log(clock);
    auto core = CoreServices::open({*settings, clock, random, log, process_environment()}, wanted);
    if (!core) {
        print_error(core.error().message);
        return usage;
    }
    if (wanted.storage && folder == Folder::needed) {
        if (const auto there = find_books(**core); !there) {
            print_error(settings->plugins.storage.use + ": " + there.error().message +
                        "; name the right --data or --config");
            return usage;
        }
    }
    if (wanted.storage) {
        const auto prepared = (*core)->prepare();
        if (!prepared) {
            print_error(prepared.error().message);
            return usage;
        }
    }
    const int code = run(**core);
    (*core)->close(Millis{5000});
    return code;
}

}  // namespace treasurer::app
