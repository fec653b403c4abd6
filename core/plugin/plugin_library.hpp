/// A plugin's shared object, opened once and never closed, with its component tables normalised and checked.
/// Threads: load() from any thread; the object is immutable. Errors: one line for people, saying where and what to do.
#pragma once

#include <atr/plugin.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/plugin_file.hpp"
#include "runtime/executor.hpp"

namespace treasurer {

/// One loadable implementation, its strings copied and its table full-size.
struct PluginComponent {
    atr_component table;
    std::string id, kind, title, version, vendor, license, config_schema_json;
    bool serial() const { return (table.flags & ATR_PF_SERIAL) != 0; }
};

class PluginLibrary {
public:
    static constexpr Millis load_patience{60'000};

    /// Opens the file after check_plugin_file() and a trial in a child process (load_probe.hpp). Errors (rejected,
    /// ATR_E_CONFIG): what those found, no plugin, or built for another ABI.
    static atr::Result<std::shared_ptr<const PluginLibrary>> load(const std::filesystem::path& file,
                                                                  const std::string& sha256 = {},
                                                                  Millis patience = load_patience);

    const std::filesystem::path& file() const { return file_; }
    const std::string& sdk() const { return sdk_; }  ///< what it was built with, for diagnostics
    const std::vector<PluginComponent>& components() const { return components_; }
    /// The first component of a kind. Errors: there is none; says which kinds there are.
    atr::Result<const PluginComponent*> component(std::string_view kind) const;

private:
    PluginLibrary() = default;
    std::filesystem::path file_;
    std::string sdk_;
    std::vector<PluginComponent> components_;
};

struct ListedPlugin {
    std::filesystem::path file;
    std::string error;  ///< empty: it loads, and `library` is set
    std::shared_ptr<const PluginLibrary> library;
};

/// Every .so of a folder, by name, and what is in it or why it does not load. Errors: the folder cannot be read.
atr::Result<std::vector<ListedPlugin>> list_plugins(const std::filesystem::path& dir,
                                                    Millis patience = PluginLibrary::load_patience);

}  // namespace treasurer
