#include <catch2/catch.hpp>

#include "config/settings_listing.hpp"
#include "tests/unit/config/config_file.hpp"

using namespace config_test;

namespace {

const std::string rest =
    "  cache: {use: mem}\n"
    "  rails: {bank: {use: sim}}\n"
    "  parsers: {rules: {use: words}}\n";

/// "VALUE # where in the line", of one setting.
std::string shown(ConfigFile& file, const std::string& path) {
    const auto listed = list_settings(file.options);
    if (std::holds_alternative<treasurer::Problems>(listed)) return "a problem";
    for (const auto& one : std::get<std::vector<treasurer::ListedSetting>>(listed))
        if (one.path == path)
            return one.value + " #" + one.where.substr(std::min(one.where.find(','), one.where.size()));
    return "not listed";
}

}  // namespace

TEST_CASE("a variable is shown as the value in effect, and named", "[config]") {
    ConfigFile file("server: {port: \"${PORT:-8080}\"}\nlog: {file: \"${TREASURER_DATA}/log\"}\n" + plugins);
    file.options.data_dir = "/books";
    CHECK(shown(file, "log.file") == "/books/log #, from ${TREASURER_DATA}");
    CHECK(shown(file, "server.port") == "8080 #, default of ${PORT}");
    file.environment["PORT"] = "9000";
    CHECK(shown(file, "server.port") == "9000 #, from ${PORT}");
}

TEST_CASE("a password is never shown, wherever it comes from", "[config]") {
    for (const std::string url : {"postgresql://me:hunter2@db/books", "postgresql://me:${DB_PASSWORD}@db/books",
                                  "postgresql://me:${DB_PASSWORD:-hunter2}@db/books", "${STORE}",
                                  "host=db password=hunter2 user=me", "${DB_PASSWORD}"}) {
        ConfigFile file("plugins:\n  storage: {use: store, config: {url: \"" + url + "\"}}\n" + rest);
        file.environment = {{"DB_PASSWORD", "hunter2"}, {"STORE", "postgresql://me:hunter2@db/books"}};
        const std::string said = shown(file, "plugins.storage.config.url");
        INFO(url << ": " << said);
        CHECK(said.find("(hidden)") != std::string::npos);
        CHECK(said.find("hunter2") == std::string::npos);
    }
}

TEST_CASE("tiers of approvals are read from the file, from variables and from the command line", "[config]") {
    const auto [yaml, override] = GENERATE(table<std::string, std::string>({
        {"policy: {approval_tiers: [{above: 10000, approvals: 2}, {above: \"50000.5\", approvals: 3}]}\n", ""},
        {"policy: {approval_tiers: [{above: \"${LIMIT:-10000}\", approvals: \"${PERSONS:-2}\"}, "
         "{above: 50000.5, approvals: 3}]}\n",
         ""},
        {"", "policy.approval_tiers=[{above: 10000, approvals: 2}, {above: 50000.5, approvals: 3}]"},
    }));
    ConfigFile file(yaml + plugins);
    if (!override.empty()) file.options.overrides = {override};
    const auto tiers = file.settings().policy.approval_tiers;
    CHECK(tiers == std::vector<treasurer::TierSettings>{{10000, 2}, {*atr::Decimal::parse("50000.5"), 3}});
    CHECK(treasurer::shown_tiers(tiers) == "[{above: 10000, approvals: 2}, {above: 50000.5, approvals: 3}]");
}
