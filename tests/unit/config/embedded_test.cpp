#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>

#include "config/loader.hpp"
#include "config/settings_keys.hpp"
#include "config/settings_listing.hpp"
#include "config/yaml_tree.hpp"

using namespace treasurer;

namespace {

std::string embedded() {
    const char* source = std::getenv("TREASURER_SOURCE");
    return std::string(source ? source : ".") + "/config/embedded.yaml";
}

/// Every setting's value as text, by path.
class Listing final : public SettingsVisitor {
public:
    std::map<std::string, std::string> values;
    void text(std::string_view path, std::string& value) override { add(path, value); }
    void choice(std::string_view path, std::string& value, const std::vector<std::string>& allowed) override {
        CHECK(std::find(allowed.begin(), allowed.end(), value) != allowed.end());
        add(path, value);
    }
    void texts(std::string_view path, std::vector<std::string>& value) override {
        std::string all;
        for (const auto& one : value) all += one + ',';
        add(path, all);
    }
    void tiers(std::string_view path, std::vector<TierSettings>& value, std::size_t most, atr::Decimal max,
               std::int64_t most_approvals) override {
        CHECK(value.size() <= most);
        for (const auto& one : value) CHECK((one.above <= max && one.approvals <= most_approvals));
        add(path, shown_tiers(value));
    }
    void flag(std::string_view path, bool& value) override { add(path, value ? "true" : "false"); }
    void integer(std::string_view path, std::int64_t& value, std::int64_t min, std::int64_t max) override {
        CHECK((value >= min && value <= max));
        add(path, std::to_string(value));
    }
    void decimal(std::string_view path, atr::Decimal& value, atr::Decimal min, atr::Decimal max) override {
        CHECK((value >= min && value <= max));
        add(path, value.to_string());
    }
    void milliseconds(std::string_view path, std::chrono::milliseconds& value, std::int64_t min,
                      std::int64_t max) override {
        CHECK(path.ends_with("_ms"));
        CHECK((value.count() >= min && value.count() <= max));
        add(path, std::to_string(value.count()));
    }
    void seconds(std::string_view path, std::chrono::seconds& value, std::int64_t min, std::int64_t max) override {
        CHECK(path.ends_with("_s"));
        CHECK((value.count() >= min && value.count() <= max));
        add(path, std::to_string(value.count()));
    }

private:
    void add(std::string_view path, std::string value) { values.emplace(path, std::move(value)); }
};

std::map<std::string, std::string> listed(Settings settings) {
    Listing listing;
    visit_settings(settings, listing);
    return listing.values;
}

}  // namespace

TEST_CASE("config/embedded.yaml documents every setting with the code's own default", "[config]") {
    Problems problems;
    const YamlNode tree = read_yaml_file(embedded(), problems);
    REQUIRE(problems.empty());
    auto loaded = load_settings(
        {.file = embedded(), .overrides = {}, .data_dir = "/data", .plugins_dir = {}, .env = {}, .plugin_schema = {}});
    REQUIRE(std::holds_alternative<Settings>(loaded));
    const Settings& settings = std::get<Settings>(loaded);

    auto expected = listed(Settings{});
    expected["intake.order"] = "rules,";  // the one name that only this file can know
    CHECK(listed(settings) == expected);
    for (const auto& [path, value] : expected) {
        INFO(path);
        CHECK(tree.find_path(path) != nullptr);
    }
    for (const char* slot : {"plugins.storage", "plugins.cache", "plugins.rails.bank", "plugins.parsers.rules"}) {
        INFO(slot);
        for (const char* key : {".use", ".threads", ".queue", ".config"})
            CHECK(tree.find_path(std::string(slot) + key) != nullptr);
    }
    CHECK(settings.plugins.storage.queue == PluginSlot{}.queue);
    CHECK(settings.plugins.storage.breaker == BreakerSettings{});
    CHECK(settings.plugins.storage.config_json.find("/data/treasurer.db") != std::string::npos);
}
