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
        {"countless_components.so", "holds 4000000000 components, 1 to 64 expected"},
        {"null_component.so", "component: there is no such table"},
        {"id_not_utf8.so", "component: a text is not UTF-8 or too long"},
        {"no_kind.so", "component: without id or kind"},
        {"long_title.so", "component: a text is not UTF-8 or too long"},
        {"null_title.so", "component: a text is not UTF-8 or too long"},
        {"huge_schema.so", "component: a text is not UTF-8 or too long"},
    }));
    CHECK_THAT(why_not(plugin_dir() / name), Contains(reason) && Contains((plugin_dir() / name).filename().string()));
}

TEST_CASE("a file that does harm when it is opened is refused, and the host lives on", "[plugin]") {
    const auto [name, reason] = GENERATE(table<std::string, std::string>({
        {"start/throws_at_load.so", "loading it ends the process: Aborted (signal 6)"},
        {"start/aborts_at_load.so", "loading it ends the process: Aborted (signal 6)"},
        {"start/exits_at_load.so", "loading it ends the process with exit code 0"},
    }));
    const auto file = plugin_dir() / name;
    CHECK_THAT(why_not(file), Contains(reason) && Contains(file.filename().string()));
    CHECK(PluginLibrary::load(plugin_dir() / "good_parser.so"));
}

TEST_CASE("a file that hangs when it is opened is refused when patience ends", "[plugin]") {
    const auto file = plugin_dir() / "start/hangs_at_load.so";
    CHECK_THAT(PluginLibrary::load(file, {}, Millis(50)).error().message,
               Contains("hangs_at_load.so: loading it has not ended within 50 ms: it hangs"));
    CHECK(PluginLibrary::load(plugin_dir() / "good_parser.so"));
}

TEST_CASE("a stripped plugin loads", "[plugin]") {
    CHECK(PluginLibrary::load(plugin_dir() / "stripped/good_parser.so"));
}

TEST_CASE("a missing plugin says where it was looked for and what is there", "[plugin]") {
    const auto line = why_not(plugin_file("storage_sqlit", plugin_dir()));
    CHECK_THAT(line,
               Contains("test_plugins/storage_sqlit.so: no such file") && Contains("good_parser, hostile_parser"));
    const support::TemporaryFolder folder;
    CHECK_THAT(why_not(folder.path() / "a.so"), Contains("holds no plugins: set plugins.dir"));
    CHECK_THAT(why_not(folder.path() / "deep" / "a.so"), Contains("cannot be read"));
    CHECK_THAT(why_not(folder.path()), Contains("a folder: name the .so file in it"));
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
