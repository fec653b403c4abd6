#include "plugin/plugin_library.hpp"

#include <dlfcn.h>

#include <boost/dll/shared_library.hpp>
#include <new>

#include "plugin/border.hpp"
#include "plugin/load_probe.hpp"
#include "plugin/normalise.hpp"

namespace treasurer {

namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t max_components = 64;
constexpr std::size_t max_schema = 1 << 20;

/// Opens for ever: the handle is deliberately never given back, since code of the plugin may still be on some stack.
atr::Result<const void*> open_entry(const fs::path& file) {
    using Library = boost::dll::shared_library;
    constexpr auto mode = static_cast<boost::dll::load_mode::type>(RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    alignas(Library) std::byte never_closed[sizeof(Library)];
    auto& library = *new (never_closed) Library();
    std::error_code error;
    library.load(file, mode, error);
    if (error) {
        const char* reason = dlerror();  // Boost's own text is "Bad file descriptor", whatever happened
        return refused_plugin(file, std::string("cannot be loaded: ") + (reason ? reason : error.message()));
    }
    if (!library.has("atr_plugin_entry_v1"))
        return refused_plugin(file, "not a treasurer plugin: it does not export atr_plugin_entry_v1");
    return static_cast<const void*>(&library.get<const atr_plugin>("atr_plugin_entry_v1"));
}

atr::Result<> check_version(const fs::path& file, const atr_plugin& plugin) {
    const auto says = [&](const char* what, std::uint32_t theirs, std::uint32_t ours) {
        return refused_plugin(file, std::string(what) + ' ' + std::to_string(theirs) + ", this host has " +
                                        std::to_string(ours) + ": rebuild the plugin with this host's SDK");
    };
    if (plugin.abi_major != ATR_ABI_MAJOR) return says("built for ABI major", plugin.abi_major, ATR_ABI_MAJOR);
    if (plugin.abi_rc != ATR_ABI_RC) return says("built for ABI release candidate", plugin.abi_rc, ATR_ABI_RC);
    if (plugin.min_host_minor > ATR_ABI_MINOR) return says("needs ABI minor", plugin.min_host_minor, ATR_ABI_MINOR);
    return {};
}

atr::Result<PluginComponent> read_component(const void* raw) {
    const auto table = normalise_component(raw);
    if (!table) return table.error();
    PluginComponent out{.table = *table,
                        .id = {},
                        .kind = {},
                        .title = {},
                        .version = {},
                        .vendor = {},
                        .license = {},
                        .config_schema_json = {}};
    const auto copy = [](atr_str from, std::size_t limit, std::string& to) {
        const auto text = border::text(from, limit);
        if (text) to = *text;
        return text.has_value();
    };
    const bool whole =
        copy(table->id, border::max_name, out.id) && copy(table->kind, border::max_name, out.kind) &&
        copy(table->title, border::max_name, out.title) && copy(table->version, border::max_name, out.version) &&
        copy(table->vendor, border::max_name, out.vendor) && copy(table->license, border::max_name, out.license) &&
        copy(table->config_schema_json, max_schema, out.config_schema_json);
    if (!whole) return atr::rejected(ATR_E_CONFIG, "component: a text is not UTF-8 or too long");
    if (out.id.empty() || out.kind.empty()) return atr::rejected(ATR_E_CONFIG, "component: without id or kind");
    return out;
}

}  // namespace

atr::Result<std::shared_ptr<const PluginLibrary>> PluginLibrary::load(const fs::path& path, const std::string& sha256,
                                                                      Millis patience) {
    std::error_code ignored;
    const fs::path file = fs::absolute(path, ignored).lexically_normal();
    const auto usable = check_plugin_file(file, sha256);
    if (!usable) return usable.error();
    if (const std::string harm = harm_of_opening(file, patience); !harm.empty()) return refused_plugin(file, harm);
    const auto entry = open_entry(file);
    if (!entry) return entry.error();
    const auto plugin = normalise_plugin(*entry);
    if (!plugin) return refused_plugin(file, plugin.error().message);
    const auto version = check_version(file, *plugin);
    if (!version) return version.error();
    if (plugin->n_components == 0 || plugin->n_components > max_components || plugin->components == nullptr)
        return refused_plugin(file, "holds " + std::to_string(plugin->n_components) + " components, 1 to " +
                                        std::to_string(max_components) + " expected");

    std::shared_ptr<PluginLibrary> out(new PluginLibrary());
    out->file_ = file;
    out->sdk_ = border::text(plugin->sdk, border::max_name).value_or("unknown");
    for (std::uint32_t i = 0; i < plugin->n_components; ++i) {
        auto component = read_component(plugin->components[i]);
        if (!component) return refused_plugin(file, component.error().message);
        out->components_.push_back(std::move(*component));
    }
    return std::shared_ptr<const PluginLibrary>(std::move(out));
}

atr::Result<const PluginComponent*> PluginLibrary::component(std::string_view kind) const {
    std::string kinds;
    for (const auto& component : components_) {
        if (component.kind == kind) return &component;
        kinds += (kinds.empty() ? "" : ", ") + component.kind;
    }
    return refused_plugin(file_, "holds no " + std::string(kind) + ", only: " + kinds);
}

atr::Result<std::vector<ListedPlugin>> list_plugins(const fs::path& dir, Millis patience) {
    std::error_code error;
    const auto files = shared_objects(dir, error);
    if (error) return atr::rejected(ATR_E_CONFIG, "the folder " + dir.string() + " cannot be read: " + error.message());
    std::vector<ListedPlugin> out;
    for (const auto& file : files) {
        auto library = PluginLibrary::load(file, {}, patience);
        ListedPlugin& listed = out.emplace_back(ListedPlugin{.file = file, .error = {}, .library = nullptr});
        if (library)
            listed.library = std::move(*library);
        else
            listed.error = library.error().message;
    }
    return out;
}

}  // namespace treasurer
