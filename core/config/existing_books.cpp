#include "config/existing_books.hpp"

#include <nlohmann/json.hpp>

namespace treasurer {

void forbid_new_books(PluginSlot& slot, const SchemaLookup& schemas, const std::string& plugins_dir) {
    using Json = nlohmann::json;
    const auto schema_text = schemas("storage", slot, plugins_dir);
    if (!schema_text) return;  // loading the plugin will say why
    const auto schema = Json::parse(*schema_text, nullptr, false);
    const auto create = schema.is_object() ? schema.value("/properties/create/type"_json_pointer, Json()) : Json();
    if (create != "boolean") return;
    auto config = Json::parse(slot.config_json, nullptr, false);
    if (!config.is_object()) return;
    config["create"] = false;
    slot.config_json = config.dump();
}

}  // namespace treasurer
