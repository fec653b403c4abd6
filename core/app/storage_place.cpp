#include "app/storage_place.hpp"

#include "app/plugin_schemas.hpp"
#include "config/storage_text.hpp"

#include <iostream>

namespace treasurer::app {
namespace {}  // namespace

std::unique_ptr<StoragePlace> StoragePlace::open(const std::string& text, const std::string& data,
                                                 ThreadExecutor& executor) {
    if (!is_storage_text(text)) {
        SettingsOptions options;
        options.config = text;
        options.data = data;
        const auto settings = options.load();
        return settings ? open(*settings, text, executor) : nullptr;
    }
    PluginSettings plugins;
    plugins.dir = default_plugins_dir();
    Problems problems;
    plugins.storage = storage_from_text(text, schema_of, plugins.dir, problems);
    for (const auto& problem : problems) print_error(problem.to_string());
    return problems.empty() ? open(plugins, plugins.storage.use, executor) : nullptr;
}

std::unique_ptr<StoragePlace> StoragePlace::open(const Settings& settings, std::string name, ThreadExecutor& executor) {
    return open(settings.plugins, std::move(name), executor);
}

std::unique_ptr<StoragePlace> StoragePlace::open(const PluginSettings& plugins, std::string name,
                                                 ThreadExecutor& executor) {
    std::unique_ptr<StoragePlace> out(new StoragePlace());
    out->name_ = std::move(name);
    HostSinks sinks;
    sinks.secret = [place = out.get()](std::string_view reference) { return place->secrets_.resolve(reference); };
    sinks.log = [](atr::LogLevel level, std::string_view, std::string_view message, std::string_view) {
        if (level >= atr::LogLevel::warn) std::cerr << message << '\n';
    };
    sinks.host_version = TREASURER_VERSION;
    auto loaded = PluginSet::load(plugins, {executor, out->clock_, std::move(sinks)}, storage_only);
    if (!loaded) {
        print_error(loaded.error().message);
        return nullptr;
    }
    out->plugins_ = std::move(*loaded);
    if (out->plugins_->storage_copy() == nullptr) {
        print_error(out->name_ + ": this storage plugin offers no copies (" ATR_IF_STORAGE_COPY ")");
        return nullptr;
    }
    out->copies_ = std::make_unique<copy::PatientStorage>(*out->plugins_->storage_copy(), executor);
    return out;
}

StoragePlace::~StoragePlace() {
    if (plugins_) plugins_->stop();
}

}  // namespace treasurer::app
