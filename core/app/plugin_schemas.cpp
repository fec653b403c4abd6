#include "app/plugin_schemas.hpp"

#include "config/schema_check.hpp"
#include "plugin/plugin_library.hpp"

namespace treasurer::app {

atr::Result<std::string> schema_of(std::string_view kind, const PluginSlot& slot, const std::string& dir) {
    auto library = PluginLibrary::load(plugin_file(slot.use, dir), slot.sha256);
    if (!library) return library.error();
    auto component = (*library)->component(kind);
    if (!component) return component.error();
    return (*component)->config_schema_json;
}

atr::Result<std::vector<KnownPlugin>> known_plugins(const std::string& dir) {
    const auto found = list_plugins(dir);
    if (!found) return found.error();
    std::vector<KnownPlugin> out;
    for (const auto& one : *found) {
        if (!one.library) continue;
        for (const auto& component : one.library->components()) {
            if (auto schema = read_schema(component.config_schema_json))
                out.push_back({one.file.stem().string(), component.kind, *std::move(schema)});
        }
    }
    return out;
}

}  // namespace treasurer::app
