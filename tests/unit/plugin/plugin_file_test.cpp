// Opening a plugin runs its code, so what is opened is looked at first.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "bench.hpp"

using namespace plugin_test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// A copy of a good plugin in a folder of its own.
struct Installed {
    Installed() { fs::copy_file(plugin_dir() / "good_parser.so", file); }
    std::string why_not(const std::string& sha256 = {}) const {
        const auto loaded = PluginLibrary::load(file, sha256);
        return loaded ? "it loads" : loaded.error().message;
    }
    support::TemporaryFolder folder;
    fs::path file = folder.path() / "good.so";
};

}  // namespace

TEST_CASE("a plugin that others may change is refused, and so is one in a folder that others may change", "[plugin]") {
    const Installed plugin;
    CHECK(plugin.why_not() == "it loads");
    const auto [mode, who] = GENERATE(table<mode_t, std::string>({{0775, "group"}, {0757, "everybody"}}));
    INFO(who);
    REQUIRE(::chmod(plugin.file.c_str(), mode) == 0);
    CHECK_THAT(plugin.why_not(), Contains("the file can be written by others: chmod go-w it"));
    REQUIRE(::chmod(plugin.file.c_str(), 0755) == 0);
    REQUIRE(::chmod(plugin.folder.path().c_str(), mode) == 0);
    CHECK_THAT(plugin.why_not(), Contains("its folder " + plugin.folder.path().string() + " can be written by others"));
    REQUIRE(::chmod(plugin.folder.path().c_str(), 0755) == 0);
    CHECK(plugin.why_not() == "it loads");
}

TEST_CASE("a plugin below a folder that others may change is refused, however far above it stands", "[plugin]") {
    const Installed plugin;
    const auto inner = plugin.folder.path() / "a" / "b";
    fs::create_directories(inner);
    for (const auto& path : {inner.parent_path(), inner}) REQUIRE(::chmod(path.c_str(), 0755) == 0);
    const auto file = inner / "good.so";
    fs::copy_file(plugin.file, file);
    CHECK(PluginLibrary::load(file));  // below /tmp, which is sticky
    REQUIRE(::chmod(plugin.folder.path().c_str(), 0777) == 0);
    const auto refused = PluginLibrary::load(file);
    REQUIRE(!refused);
    CHECK_THAT(refused.error().message, Contains("the folder " + plugin.folder.path().string() +
                                                 " above it can be written by others: chmod go-w it"));
    REQUIRE(::chmod(plugin.folder.path().c_str(), 01777) == 0);
    CHECK(PluginLibrary::load(file));
    REQUIRE(::chmod(inner.c_str(), 01777) == 0);  // in the folder itself they could add another plugin
    CHECK_THAT(PluginLibrary::load(file).error().message, Contains("its folder"));
}

TEST_CASE("what is no regular file is refused before it is opened", "[plugin]") {
    const Installed plugin;
    const auto pipe = plugin.folder.path() / "pipe.so";
    REQUIRE(::mkfifo(pipe.c_str(), 0700) == 0);
    CHECK_THAT(PluginLibrary::load(pipe).error().message, Contains("not a regular file"));
    CHECK_THAT(PluginLibrary::load(plugin.folder.path()).error().message, Contains("a folder"));
}

TEST_CASE("a link is judged by the file it leads to, and by the folder it stands in", "[plugin]") {
    const Installed plugin;
    const support::TemporaryFolder elsewhere;
    const auto link = elsewhere.path() / "link.so";
    fs::create_symlink(plugin.file, link);
    CHECK(PluginLibrary::load(link));
    REQUIRE(::chmod(plugin.folder.path().c_str(), 0777) == 0);
    CHECK_THAT(PluginLibrary::load(link).error().message, Contains("can be written by others"));
    REQUIRE(::chmod(plugin.folder.path().c_str(), 0755) == 0);
    REQUIRE(::chmod(elsewhere.path().c_str(), 0777) == 0);
    CHECK_THAT(PluginLibrary::load(link).error().message, Contains("can be written by others"));
}

TEST_CASE("a plugin that belongs to somebody else is refused", "[plugin]") {
    if (::geteuid() != 0) return;  // only root can make such a file
    const Installed plugin;
    REQUIRE(::chown(plugin.file.c_str(), 12345, 12345) == 0);
    CHECK_THAT(plugin.why_not(), Contains("the file belongs to user 12345, neither root nor the user this runs as"));
}

TEST_CASE("a plugin is pinned by its hash", "[plugin]") {
    const Installed plugin;
    const std::string hash = sha256_of_file(plugin.file).value();
    CHECK(hash.size() == 64);
    CHECK(plugin.why_not(hash) == "it loads");
    std::ofstream(plugin.file, std::ios::app) << "one byte more";
    CHECK_THAT(plugin.why_not(hash), Contains("its sha256 is ") && Contains("the settings name " + hash));
    CHECK_THAT(plugin.why_not(std::string(64, '0')), Contains("the settings name 000"));
}

TEST_CASE("the hash is that of sha256sum", "[plugin]") {
    const support::TemporaryFolder folder;
    std::ofstream(folder.path() / "abc") << "abc";
    CHECK(sha256_of_file(folder.path() / "abc").value() ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
