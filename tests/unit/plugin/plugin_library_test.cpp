#include "plugin/plugin_library.hpp"

#include <catch2/catch.hpp>

#include "bench.hpp"

using namespace plugin_test;
using Catch::Contains;

namespace {

std::string why_not(const std::filesystem::path& file) {
    const auto loaded = PluginLibrary::load(file);
    if (loaded) return "it loads";
    CHECK(loaded.error().code == ATR_E_CONFIG);
    CHECK(loaded.error().message.find('\n') == std::string::npos);
    return loaded.error().message;
}

}  // namespace

TEST_CASE("a plugin's component is read with its texts", "[plugin]") {
    const auto library = PluginLibrary::load(plugin_dir() / "good_parser.so");
    REQUIRE(library);
    REQUIRE((*library)->components().size() == 1);
    const auto& component = *(*library)->component("parser").value();
    CHECK(component.id == "test.good_parser");
    CHECK(component.version == "1.2.3");
    CHECK_THAT(component.config_schema_json, Contains("greeting"));
    CHECK_THAT((*library)->sdk(), Contains("atr-cpp"));
    CHECK_THAT((*library)->component("rail").error().message, Contains("holds no rail, only: parser"));
}

TEST_CASE("a file that is no usable plugin is refused in one clear line", "[plugin]") {
    const auto [name, reason] = GENERATE(table<std::string, std::string>({
        {"no_entry.so", "does not export atr_plugin_entry_v1"},
        {"wrong_major.so", "built for ABI major 9, this host has 1"},
        {"wrong_rc.so", "built for ABI release candidate 55, this host has " + std::to_string(ATR_ABI_RC)},
        {"needs_newer_host.so", "needs ABI minor 77, this host has 0"},
        {"tiny_plugin.so", "atr_plugin_entry_v1: struct_size is 12"},
        {"tiny_component.so", "component: struct_size is 40"},
        {"no_create.so", "component: the required slot 'create' is NULL"},
        {"no_components.so", "holds 0 components"},
    }));
    CHECK_THAT(why_not(plugin_dir() / name), Contains(reason) && Contains((plugin_dir() / name).filename().string()));
}

TEST_CASE("a missing plugin says where it was looked for and what is there", "[plugin]") {
    const auto line = why_not(plugin_file("storage_sqlit", plugin_dir()));
    CHECK_THAT(line,
               Contains("test_plugins/storage_sqlit.so: no such file") && Contains("good_parser, hostile_parser"));
    const support::TemporaryFolder folder;
    CHECK_THAT(why_not(folder.path() / "a.so"), Contains("holds no plugins: set plugins.dir"));
    CHECK_THAT(why_not(folder.path() / "deep" / "a.so"), Contains("cannot be read"));
    CHECK_THAT(why_not(folder.path()), Contains("not a file"));
}

TEST_CASE("a file that is no shared object is refused before it is opened", "[plugin]") {
    const support::TemporaryFolder folder;
    const auto file = folder.path() / "a.so";
    std::ofstream(file) << "#!/bin/sh";
    CHECK_THAT(why_not(file), Contains("not a shared object (no ELF header)"));
    std::ofstream(file) << "";
    CHECK_THAT(why_not(file), Contains("not a shared object"));
    std::ofstream(file) << "\x7f"
                           "ELF and then nothing of the kind";
    CHECK_THAT(why_not(file), Contains("cannot be loaded: ") && !Contains("Bad file descriptor"));
}

TEST_CASE("a plugin is named by its name or by its path", "[plugin]") {
    CHECK(plugin_file("rules", "/p") == "/p/rules.so");
    CHECK(plugin_file("./rules", "/p") == "./rules");
    CHECK(plugin_file("rules.so", "/p") == "rules.so");
    CHECK(plugin_file("/x/rules.so", "/p") == "/x/rules.so");
}

TEST_CASE("a folder's plugins are listed, with what is wrong with those that do not load", "[plugin]") {
    const auto listed = list_plugins(plugin_dir());
    REQUIRE(listed);
    std::size_t good = 0;
    for (const auto& plugin : *listed) {
        CHECK(plugin.error.empty() == (plugin.library != nullptr));
        good += plugin.library != nullptr;
    }
    CHECK(listed->size() > good);
    CHECK(good >= 5);
    CHECK(list_plugins("/nonexistent").outcome() == atr::Outcome::rejected);
}
