/// One storage, opened by itself: what copies, backups and restores work on. No rail, cache or parser is loaded.
#pragma once

#include "app/causes.hpp"
#include "app/command_line.hpp"
#include "config/secrets.hpp"
#include "copy/patient_storage.hpp"

#include <memory>

namespace treasurer::app {

/// Threads: the command's own. Lifetime: the executor outlives it.
class StoragePlace {
public:
    /// What a command line says of a storage: the option, its text, and whether the books must be there already.
    struct Named {
        std::string option, text, data;
        Folder folder = Folder::make;
    };
    /// The text is PLUGIN:key=value,… or a settings file, whose plugins.storage is meant; `data` is the folder that
    /// ${TREASURER_DATA} names in it. Problems are printed with the option, and nullptr is returned.
    static std::unique_ptr<StoragePlace> open(const Named& named, ThreadExecutor& executor);
    static std::unique_ptr<StoragePlace> open(const Settings& settings, Folder folder, ThreadExecutor& executor);
    ~StoragePlace();

    /// The settings file or the plugin: never its settings, which may hold a password.
    const std::string& name() const { return name_; }
    /// The plugin with its settings, to compare with another's; never to be printed.
    const std::string& identity() const { return identity_; }
    StoragePort& storage() { return plugins_->storage(); }
    copy::PatientStorage& copies() { return *copies_; }

private:
    static std::unique_ptr<StoragePlace> open(PluginSettings plugins, const Named& named, ThreadExecutor& executor);
    StoragePlace() = default;

    std::string name_, identity_;
    Causes causes_;
    SystemClock clock_;
    SecretResolver secrets_{process_environment()};
    std::unique_ptr<PluginSet> plugins_;
    std::unique_ptr<copy::PatientStorage> copies_;
};

}  // namespace treasurer::app
