#include "plugin/plugin_set.hpp"

#include <catch2/catch.hpp>

#include "bench.hpp"

using namespace plugin_test;
using Catch::Contains;

namespace {

PluginSettings zoo() {
    PluginSettings out;
    out.dir = plugin_dir().string();
    out.storage.use = "hostile_storage";
    out.rails["bank"].use = "hostile_rail";
    out.rails["second"].use = "hostile_rail";
    out.parsers["c"].use = "pure_c";
    out.parsers["good"].use = "good_parser";
    return out;
}

constexpr WantedPlugins no_cache{.cache = false};

}  // namespace

TEST_CASE("a host's plugins are found under the names its settings give them", "[plugin]") {
    Bench bench;
    const auto set = PluginSet::load(zoo(), bench.host(), no_cache);
    REQUIRE(set);
    CHECK((*set)->rails().size() == 2);
    CHECK((*set)->rail("bank")->capabilities().account == "a");
    CHECK((*set)->rail("nobody") == nullptr);
    CHECK((*set)->parser("good")->name() == "good");
    CHECK((*set)->snapshot().size() == 5);
    CHECK(bench.await((*set)->storage().get({{"c", "fine"}}, {})).value().size() == 1);
    (*set)->stop();
}

TEST_CASE("a slot that cannot be filled names itself, the file and the remedy in one line", "[plugin]") {
    Bench bench;
    const auto failure = [&](auto&& change) {
        PluginSettings settings = zoo();
        change(settings);
        return PluginSet::load(settings, bench.host(), no_cache).error().message;
    };
    CHECK_THAT(failure([](auto& s) { s.rails["bank"].use = "rail_simulatd"; }),
               Contains("plugins.rails.bank: plugin ") && Contains("rail_simulatd.so: no such file") &&
                   Contains("hostile_rail"));
    CHECK_THAT(failure([](auto& s) { s.storage.use = "good_parser"; }),
               Contains("plugins.storage: ") && Contains("holds no storage, only: parser"));
    CHECK_THAT(failure([](auto& s) { s.parsers["good"].config_json = R"({"greeting":"refuse"})"; }),
               Contains("plugins.parsers.good: good: setting 'greeting': this one is refused"));
    CHECK_THAT(failure([](auto& s) { s.parsers["x"].use = "no_parse"; }),
               Contains("plugins.parsers.x: atr.parser/1: the required slot 'parse' is NULL"));
}
