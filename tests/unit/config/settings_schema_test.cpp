#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "config/plugin_config.hpp"
#include "config/schema_check.hpp"
#include "config/settings_listing.hpp"
#include "config/yaml_tree.hpp"

using namespace treasurer;

namespace {

std::filesystem::path source() {
    const char* named = std::getenv("TREASURER_SOURCE");
    return named ? named : ".";
}

/// What an editor would underline: "POINTER: what", one a line. A file that is no YAML has no tree to look at.
std::string found_in(const std::filesystem::path& file) {
    static const nlohmann::json schema = settings_schema({});
    Problems problems;
    const YamlNode tree = read_yaml_file(file.string(), problems);
    if (!problems.empty()) return problems.front().to_string();
    std::string out;
    for (const auto& one : check_schema(to_json(tree, schema).value, schema))
        out += one.pointer + ": " + one.what + "\n";
    return out;
}

/// What no schema of the core's keys can see: variables, names that must exist, one setting held against another, and
/// the bounds of a decimal, the form of a name, and what is in a plugin's file or its own settings.
const std::set<std::string> beyond_a_schema = {"asset_malformed",
                                               "backoff_the_wrong_way_round",
                                               "body_budget_too_small",
                                               "confidence_above_one",
                                               "instance_name",
                                               "environment_missing",
                                               "environment_unclosed",
                                               "key_in_the_clear",
                                               "parser_not_configured",
                                               "parsers_missing",
                                               "plugin_breaker_above_the_default_bound",
                                               "plugin_breaker_the_wrong_way_round",
                                               "plugin_hash_of_another",
                                               "plugin_of_another_kind",
                                               "plugin_setting_choice",
                                               "plugin_setting_range",
                                               "plugin_setting_type",
                                               "plugin_setting_unknown",
                                               "plugin_unknown",
                                               "rail_not_configured"};

}  // namespace

TEST_CASE("the schema of the settings accepts the files that we ship", "[config]") {
    for (const char* name : {"embedded.yaml", "production.yaml"}) {
        INFO(name);
        CHECK(found_in(source() / "config" / name).empty());
    }
}

TEST_CASE("the schema of the settings refuses every broken file, but for what no schema can see", "[config]") {
    std::size_t refused = 0;
    for (const auto& file : std::filesystem::directory_iterator(source() / "tests/integration/broken/configs")) {
        INFO(file.path());
        const std::string found = found_in(file.path());
        const std::string name = file.path().stem().string();
        CHECK(found.empty() == (beyond_a_schema.contains(name) || name.starts_with("plugin_file_")));
        refused += found.empty() ? 0 : 1;
    }
    CHECK(refused >= 30);
}
