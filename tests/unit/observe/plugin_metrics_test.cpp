#include "observe/plugin_metrics.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace treasurer::observe;

TEST_CASE("what a plugin gives stands under its instance's name", "[observe]") {
    PluginMetrics plugins;
    plugins.set("storage", "connections_in_use", 3, "{}");
    plugins.set("storage", "connections_in_use", 4, "{}");
    plugins.count("bank", "calls", 2, R"({"kind":"a\"b"})");
    plugins.count("bank", "calls", 1, R"({"kind":"a\"b"})");
    plugins.observe("parser", "page_seconds", 0.002, "{}");
    const auto text = plugins.exposed().prometheus();
    INFO(text);
    CHECK(text.find("# TYPE treasurer_instance_connections_in_use gauge\n"
                    "treasurer_instance_connections_in_use{instance=\"storage\"} 4\n") != std::string::npos);
    CHECK(text.find("# TYPE treasurer_instance_calls_total counter\n"
                    "treasurer_instance_calls_total{instance=\"bank\",kind=\"a\\\"b\"} 3\n") != std::string::npos);
    CHECK(text.find("treasurer_instance_page_seconds_count{instance=\"parser\"} 1\n") != std::string::npos);
    CHECK(plugins.gauge("storage", "connections_in_use") == 4.0);
    CHECK_FALSE(plugins.gauge("cache", "connections_in_use"));
    CHECK_FALSE(plugins.gauge("storage", "other"));
}

TEST_CASE("a gauge that is not known any more is gone until it is known again", "[observe]") {
    PluginMetrics plugins;
    plugins.set("cache", "memory_bytes", 4096, "{}");
    plugins.set("cache", "memory_bytes", std::nan(""), "{}");
    CHECK_FALSE(plugins.gauge("cache", "memory_bytes"));
    CHECK(plugins.exposed().prometheus().empty());
    plugins.set("cache", "memory_bytes", 8192, "{}");
    CHECK(plugins.gauge("cache", "memory_bytes") == 8192.0);
}

TEST_CASE("what Prometheus does not allow is dropped", "[observe]") {
    PluginMetrics plugins;
    for (const char* name : {"", "9lives", "a-b", "a b", "\n", "queue_total"}) plugins.set("p", name, 1, "{}");
    for (const char* labels :
         {"[]", "", R"({"le":"1"})", R"({"instance":"x"})", R"({"__name__":"x"})", R"({"n":1})", R"({"a-b":"x"})"})
        plugins.set("p", "fine", 1, labels);
    plugins.count("p", "back", -1, "{}");
    CHECK(plugins.exposed().prometheus().empty());
    plugins.set("p", "fine", 1, "{}");
    plugins.set("p", "fine", 1, R"({"other":"names of labels"})");
    plugins.observe("p", "fine", 1, "{}");
    CHECK(plugins.exposed().prometheus() ==
          "# HELP treasurer_instance_fine Given by plugins, by the name of the instance\n"
          "# TYPE treasurer_instance_fine gauge\n"
          "treasurer_instance_fine{instance=\"p\"} 1\n");
}

TEST_CASE("what a plugin may give has a bound", "[observe]") {
    PluginMetrics plugins;
    for (int i = 0; i < 1000; ++i) {
        plugins.set("p", "many", 1, R"({"n":")" + std::to_string(i) + "\"}");
        plugins.set("p", "name" + std::to_string(i), 1, "{}");
    }
    const auto text = plugins.exposed().prometheus();
    CHECK(std::count(text.begin(), text.end(), '\n') == 64 + 2 + 99 * 3);
}
