#include "app/storage_place.hpp"

#include "app/plugin_schemas.hpp"
#include "config/existing_books.hpp"
#include "config/storage_text.hpp"
#include "plugin/plugin_file.hpp"

#include <filesystem>
#include <iostream>

namespace treasurer::app {
namespace {

/// "--from ", or nothing where no option names the storage.
std::string place(const StoragePlace::Named& named) {
    return named.option.empty() ? std::string() : named.option + " ";
}

}  // namespace

std::unique_ptr<StoragePlace> StoragePlace::open(const Named& named, ThreadExecutor& executor) {
    if (is_storage_text(named.text)) {
        PluginSettings plugins;
        plugins.dir = default_plugins_dir();
        Problems problems;
        plugins.storage = storage_from_text(named.text, schema_of, plugins.dir, problems);
        for (const auto& problem : problems) print_error(place(named) + problem.to_string());
        if (!problems.empty()) return nullptr;
        return open(plugins, {named.option, plugins.storage.use, named.data, named.folder}, executor);
    }
    std::error_code error;
    if (!std::filesystem::is_regular_file(named.text, error)) {
        print_error(place(named) + named.text +
                    ": there is no settings file of this name, and it is not of the form PLUGIN:key=value,key=value");
        return nullptr;
    }
    SettingsOptions options;
    options.config = named.text;
    options.data = named.data;
    const auto settings = options.load();
    return settings ? open(settings->plugins, named, executor) : nullptr;
}

std::unique_ptr<StoragePlace> StoragePlace::open(const Settings& settings, Folder folder, ThreadExecutor& executor) {
    return open(settings.plugins, {"", settings.plugins.storage.use, settings.data_dir, folder}, executor);
}

std::unique_ptr<StoragePlace> StoragePlace::open(PluginSettings plugins, const Named& named, ThreadExecutor& executor) {
    std::unique_ptr<StoragePlace> out(new StoragePlace());
    out->name_ = named.text;
    out->identity_ = plugin_file(plugins.storage.use, plugins.dir).string() + plugins.storage.config_json;
    if (named.folder == Folder::needed) forbid_new_books(plugins.storage, schema_of, plugins.dir);
    HostSinks sinks;
    sinks.secret = [place = out.get()](std::string_view reference) { return place->secrets_.resolve(reference); };
    sinks.log = [](atr::LogLevel level, std::string_view, std::string_view message, std::string_view) {
        if (level >= atr::LogLevel::warn) std::cerr << message << '\n';
    };
    sinks.failed = [place = out.get()](const CallFailure& failure) {
        const bool may_pass =
            failure.error.outcome == atr::Outcome::retry || failure.error.outcome == atr::Outcome::unknown;
        if (may_pass) place->causes_.tell(failure);  // what may not is the command's own last word
    };
    sinks.host_version = TREASURER_VERSION;
    auto loaded = PluginSet::load(plugins, {executor, out->clock_, std::move(sinks)}, storage_only);
    if (!loaded) {
        print_error(place(named) + loaded.error().message);
        return nullptr;
    }
    out->plugins_ = std::move(*loaded);
    if (out->plugins_->storage_copy() == nullptr) {
        print_error(place(named) + out->name_ + ": this storage plugin offers no copies (" ATR_IF_STORAGE_COPY ")");
        return nullptr;
    }
    out->copies_ = std::make_unique<copy::PatientStorage>(*out->plugins_->storage_copy(), executor);
    return out;
}

StoragePlace::~StoragePlace() {
    if (plugins_) plugins_->stop();
}

}  // namespace treasurer::app
