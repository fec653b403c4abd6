/// A plugin's schema and an operator's YAML against each other: the first line is the schema, the rest the settings.
#include "config/plugin_config.hpp"
#include "config/schema_check.hpp"
#include "input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace treasurer;
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(all.find('\n'), all.size());
    const auto schema = read_schema(all.substr(0, end));
    if (!schema) return 0;
    Problems problems;
    const YamlNode node = parse_yaml(all.substr(std::min(end + 1, all.size())), "fuzz", problems);
    if (!problems.empty()) return 0;
    const PluginConfigJson config = to_json(node, *schema);
    check_plugin_config(config, *schema, "config", problems);
    for (const auto& problem : problems) {
        fuzz::require(!problem.what.empty(), "a problem says what is wrong");
        fuzz::require(problem.at.source == "fuzz", "a problem has a place");
    }
    fuzz::require(check_schema(config.value, nlohmann::json::object()).empty(), "the empty schema allows everything");
    (void)config.value.dump();
    return 0;
}
