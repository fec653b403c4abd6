#include <catch2/catch.hpp>

#include "config_file.hpp"

using namespace config_test;

TEST_CASE("a file without settings of its own gives the defaults", "[config]") {
    ConfigFile file(plugins);
    const auto settings = file.settings();
    CHECK(settings.server == treasurer::ServerSettings{});
    CHECK(settings.payments == treasurer::PaymentSettings{});
    CHECK(settings.policy == treasurer::PolicySettings{});
    CHECK(settings.plugins.storage.use == "store");
    CHECK(settings.plugins.rails.at("bank").use == "sim");
    CHECK(settings.plugins.parsers.at("rules").config_json == "{}");
}

TEST_CASE("settings are read with their types and units", "[config]") {
    ConfigFile file(
        "server: {port: 0, idle_timeout_ms: 1500}\n"
        "rate_limit: {enabled: false}\n"
        "policy: {auto_approval_limit: 1234.50, min_confidence: \"0.9\"}\n"
        "intake: {order: [rules]}\n" +
        plugins);
    const auto settings = file.settings();
    CHECK(settings.server.port == 0);
    CHECK(settings.server.idle_timeout == std::chrono::milliseconds(1500));
    CHECK_FALSE(settings.rate_limit.enabled);
    CHECK(settings.policy.auto_approval_limit == *atr::Decimal::parse("1234.5"));
    CHECK(settings.policy.min_confidence == *atr::Decimal::parse("0.9"));
    CHECK(settings.intake.order == std::vector<std::string>{"rules"});
}

TEST_CASE("every wrong line is told with its place, all at once", "[config]") {
    ConfigFile file(
        "server:\n"
        "  prot: 80\n"
        "  port: eighty\n"
        "  threads: 9999\n"
        "rate_limit: true\n"
        "policy:\n"
        "  paused: yes\n"
        "  auto_approval_limit: 1e5\n"
        "log: {level: inof}\n" +
        plugins);
    CHECK(
        file.problems() ==
        Lines{"2:3: unknown setting 'server.prot' (did you mean 'port'?)",
              "3:9: server.port: must be a whole number; found 'eighty'",
              "4:12: server.threads: must be 1 to 64; found '9999'", "5:13: rate_limit: must be a map of settings",
              "7:11: policy.paused: must be true or false; found 'yes'",
              "8:24: policy.auto_approval_limit: must be a decimal such as \"500.00\"; found '1e5'",
              "9:14: log.level: must be one of trace, debug, info, warn, error; found 'inof' (did you mean 'info'?)"});
}

TEST_CASE("wrong values of each kind are refused", "[config]") {
    const auto [yaml, problem] = GENERATE(table<std::string, std::string>({
        {"server: {port: -1}\n", "1:16: server.port: must be 0 to 65535; found '-1'"},
        {"server: {port: 99999999999999999999}\n",
         "1:16: server.port: must be 0 to 65535; found '99999999999999999999'"},
        {"server: {port: 80.5}\n", "1:16: server.port: must be a whole number; found '80.5'"},
        {"server: {port: \"80\"}\n", "1:16: server.port: must be a whole number; found the text '80'"},
        {"server: {port: [80]}\n", "1:16: server.port: is a single value, not a list"},
        {"server: {address: {a: b}}\n", "1:19: server.address: is a single value, not a map"},
        {"server: {port: }\n",
         "1:16: server.port: has no value (remove the line for the default, or write '' for an empty text)"},
        {"policy: {min_confidence: 1.5}\n", "1:26: policy.min_confidence: must be 0 to 1; found '1.5'"},
        {"policy: {auto_approval_limit: .nan}\n",
         "1:31: policy.auto_approval_limit: must be a decimal such as \"500.00\"; found '.nan'"},
        {"intake: {order: rules}\n", "1:17: intake.order: must be a list, such as [first, second]"},
        {"policy: {approval_tiers: {above: 1, approvals: 2}}\n",
         "1:26: policy.approval_tiers: must be a list, such as [{above: \"10000\", approvals: 2}]"},
        {"policy: {approval_tiers: [10000]}\n",
         "1:27: policy.approval_tiers[0]: must be a map of above and approvals, such as {above: \"10000\", approvals: "
         "2}"},
        {"policy: {approval_tiers: [{above: 1, approvals: 2, by: cfo}]}\n",
         "1:27: policy.approval_tiers[0]: must be a map of above and approvals, such as {above: \"10000\", approvals: "
         "2}"},
        {"policy: {approval_tiers: [{above: 1, approvals: 1}]}\n",
         "1:49: policy.approval_tiers[0].approvals: must be 2 to 16; found '1'"},
        {"policy: {approval_tiers: [{above: -1, approvals: 2}]}\n",
         "1:35: policy.approval_tiers[0].above: must be 0 to 1000000000000000; found '-1'"},
        {"policy: {approval_tiers: [{above: 5, approvals: 2}, {above: 5, approvals: 3}]}\n",
         "1:53: policy.approval_tiers: must rise from tier to tier, in above and in approvals"},
        {"policy: {approval_tiers: [{above: 5, approvals: 3}, {above: 6, approvals: 3}]}\n",
         "1:53: policy.approval_tiers: must rise from tier to tier, in above and in approvals"},
        {"treasury: {asset: \"12\"}\n", "1:19: treasury.asset: '12' is no name of an asset, such as MNEE or EUR"},
        {"server: {address: 999.1.1.1}\n", "1:19: server.address: '999.1.1.1' is neither an IPv4 nor an IPv6 address"},
        {"treasury: {rail: bnak}\n", "1:18: treasury.rail: there is no plugins.rails.bnak (did you mean 'bank'?)"},
        {"server: {cors_origins: [\"*\"]}\n",
         "1:24: server.cors_origins: '*' is no exact origin, such as https://pay.example: scheme, host and, where it "
         "has "
         "one, port; in lower case, without a path"},
        {"server: {trusted_proxies: [10.0.0.7/8]}\n",
         "1:27: server.trusted_proxies: '10.0.0.7/8' has bits behind its prefix; write the network's first address, or "
         "one address without a prefix"},
        {"server: {trusted_proxies: [\"::1\", proxy.internal]}\n",
         "1:27: server.trusted_proxies: 'proxy.internal' is no address such as 192.0.2.1 or 2001:db8::1, and no "
         "network "
         "such as 10.0.0.0/8"},
        {"intake: {order: [ruels]}\n", "1:17: intake.order: there is no plugins.parsers.ruels (did you mean 'rules'?)"},
        {"auth: {jwt_key: hunter2}\n",
         "1:17: auth.jwt_key: a key is never written here: give secret://env/NAME or secret://file/PATH"},
        {"servre: {port: 1}\n", "1:1: unknown setting 'servre' (did you mean 'server'?)"},
    }));
    ConfigFile file(yaml + plugins);
    INFO(yaml);
    auto found = file.problems();
    if (!found.empty() && found.size() > 1) found.resize(1);
    CHECK(found == Lines{problem});
}

TEST_CASE("environment variables are put into values, never read as structure", "[config]") {
    ConfigFile file(
        "server:\n  address: \"${HOST}\"\n  port: ${PORT:-7000}\n"
        "log: {file: \"${TREASURER_DATA}/a$${b}.log\", level: info}\nauth: {jwt_key: \"${KEY}\"}\n" +
        plugins);
    file.environment = {{"HOST", "::1"}, {"PORT", ""}, {"KEY", "secret://env/a: {b}"}};
    file.options.data_dir = "/data";
    const auto settings = file.settings();
    CHECK(settings.server.address == "::1");
    CHECK(settings.auth.jwt_key == "secret://env/a: {b}");
    CHECK(settings.server.port == 7000);
    CHECK(settings.log.file == "/data/a${b}.log");
}

TEST_CASE("a variable without value is one problem, where it stands", "[config]") {
    ConfigFile file(
        "server: {address: \"${HOST}\", port: \"${PORT}\"}\nlog: {file: \"${\"}\ntreasury: {rail: \"${1x}\"}\n" +
        plugins);
    CHECK(file.problems() == Lines{"1:19: the environment variable HOST is not set (set it, or write ${HOST:-default})",
                                   "1:36: the environment variable PORT is not set (set it, or write ${PORT:-default})",
                                   "2:13: '${' without its '}'", "3:18: '1x' is no name of an environment variable"});
}

TEST_CASE("--set wins over the file, also where the file has nothing", "[config]") {
    ConfigFile file("server: {port: 1}\n" + plugins);
    file.options.overrides = {"server.port=2",
                              "server.port=3",
                              "rate_limit.enabled=false",
                              "intake.order=[rules]",
                              "plugins.rails.second.use=sim",
                              "plugins.storage.config.url=a=b: {c}"};
    const auto settings = file.settings();
    CHECK(settings.server.port == 3);
    CHECK_FALSE(settings.rate_limit.enabled);
    CHECK(settings.intake.order == std::vector<std::string>{"rules"});
    CHECK(settings.plugins.rails.at("second").use == "sim");
    CHECK(settings.plugins.storage.config_json == R"({"url":"a=b: {c}"})");
}

TEST_CASE("a wrong --set names itself", "[config]") {
    ConfigFile file(plugins);
    file.options.overrides = {"server.prot=2", "server.port=x",      "nothing",
                              "a..b=1",        "server.port.deep=1", "plugins.storage.use.x=1"};
    CHECK(file.problems() ==
          Lines{"--set nothing: expected path.to.key=value", "--set a..b: an empty name in the path",
                "--set server.port.deep: 'server.port' is a value, not a map of settings",
                "--set plugins.storage.use.x: 'plugins.storage.use' is a value, not a map of settings",
                "--set server.port: must be a whole number; found 'x'",
                "--set server.prot: unknown setting 'server.prot' (did you mean 'port'?)"});
}

TEST_CASE("naming another plugin by --set drops the settings of the one it replaces", "[config]") {
    ConfigFile file(
        "plugins:\n"
        "  storage: {use: store, config: {path: x}}\n"
        "  cache: {use: mem, config: {max: 1}}\n"
        "  parsers: {rules: {use: words}}\n");
    file.options.overrides = {"plugins.storage.config.url=u", "plugins.storage.use=other", "plugins.cache.use=mem"};
    const auto settings = file.settings();
    CHECK(settings.plugins.storage.config_json == R"({"url":"u"})");
    CHECK(settings.plugins.cache.config_json == R"({"max":1})");
}

TEST_CASE("plugin settings are checked against the plugin's schema, in place", "[config]") {
    ConfigFile file(
        "plugins:\n"
        "  storage:\n"
        "    use: store\n"
        "    config:\n"
        "      pool: many\n"
        "      pth: x\n"
        "  cache: {use: nonesuch, sha256: 12ab, breaker: {failures: few}}\n"
        "  parsers: {rules: {use: words, thread: 2}, \"Bad Name\": {use: words}}\n");
    file.options.overrides = {"plugins.storage.config.deep.x=1"};
    file.options.plugin_schema = [](std::string_view, const treasurer::PluginSlot& slot,
                                    const std::string&) -> atr::Result<std::string> {
        if (slot.use == "nonesuch") return atr::rejected(ATR_E_CONFIG, "no such file");
        if (slot.use == "words") return std::string("{}");
        return std::string(R"({"type":"object","additionalProperties":false,"required":["path"],
            "properties":{"path":{"type":"string"},"pool":{"type":"integer"}}})");
    };
    CHECK(file.problems() ==
          Lines{"5:7: plugins.storage.config: the setting 'path' is missing",
                "5:13: plugins.storage.config.pool: must be a whole number; found \"many\"",
                "6:7: plugins.storage.config.pth: unknown setting 'pth' (did you mean 'path'?)",
                "7:34: plugins.cache.sha256: must be 64 lower-case hex digits, as sha256sum prints them",
                "7:60: plugins.cache.breaker.failures: must be a whole number; found 'few'",
                "8:33: unknown setting 'plugins.parsers.rules.thread' (did you mean 'threads'?)",
                "8:45: plugins.parsers: 'Bad Name' is no name for an instance (a-z, then a-z 0-9 _ -, at most 32)",
                "--set plugins.storage.config.deep.x: plugins.storage.config.deep: unknown setting 'deep'"});
}

TEST_CASE("an instance has no more threads than the plugin says can work at once", "[config]") {
    const auto [storage, problem] = GENERATE(table<std::string, std::string>({
        {"{use: store, threads: 4}", ""},
        {"{use: store}", ""},
        {"{use: store, threads: 5}",
         "2:34: plugins.storage.threads: must be at most config.pool, 4, since each thread needs one; it is 5"},
        {"{use: store, threads: 9, config: {pool: 9}}", ""},
        {"{use: store, threads: 9, config: {pool: 8, other: 1}}",
         "2:34: plugins.storage.threads: must be at most config.pool, 8, since each thread needs one; it is 9"},
    }));
    INFO(storage);
    ConfigFile file("plugins:\n  storage: " + storage +
                    "\n  cache: {use: mem, threads: 64}\n  parsers: {rules: {use: words}}\n");
    file.options.plugin_schema = [](std::string_view kind, const treasurer::PluginSlot&,
                                    const std::string&) -> atr::Result<std::string> {
        if (kind != "storage") return std::string("{}");
        return std::string(R"({"type":"object","properties":{"other":{"type":"integer","default":1},
            "pool":{"type":"integer","default":4,"x-bounds-threads":true}}})");
    };
    CHECK(file.problems() == (problem.empty() ? Lines{} : Lines{problem}));
}

TEST_CASE("where threads are left to the host, what the plugin says can work at once bounds them too", "[config]") {
    ConfigFile file(
        "plugins:\n  storage: {use: store, config: {pool: 2}}\n  cache: {use: mem}\n"
        "  parsers: {rules: {use: words}}\n");
    file.options.plugin_schema = [](std::string_view kind, const treasurer::PluginSlot&,
                                    const std::string&) -> atr::Result<std::string> {
        if (kind != "storage") return std::string("{}");
        return std::string(R"({"type":"object","properties":{
            "pool":{"type":"integer","default":4,"x-bounds-threads":true}}})");
    };
    const auto plugins = file.settings().plugins;
    CHECK(plugins.storage.threads == 0);
    CHECK(plugins.storage.most_threads == 2);
    CHECK(plugins.cache.most_threads == 0);
}

TEST_CASE("a storage, a cache and a parser must be named", "[config]") {
    ConfigFile file("server: {port: 1}\n");
    CHECK(file.problems() ==
          Lines{"1:1: plugins.storage.use: name the plugin to use", "1:1: plugins.cache.use: name the plugin to use"});
}

TEST_CASE("a host without rails is a valid one; rails of the wrong shape are not", "[config]") {
    const std::string rest = "  storage: {use: store}\n  cache: {use: mem}\n  parsers: {rules: {use: words}}\n";
    CHECK(ConfigFile("plugins:\n  rails: {}\n" + rest).settings().plugins.rails.empty());
    CHECK(ConfigFile("plugins:\n  rails:\n" + rest).settings().plugins.rails.empty());
    CHECK(ConfigFile("plugins:\n  rails: [bank]\n" + rest).problems() ==
          Lines{"2:10: plugins.rails: must be a map of settings"});
    CHECK(ConfigFile("plugins:\n  rails: {bank: sim}\n" + rest).problems().size() == 2);
    CHECK(ConfigFile("plugins:\n  rials: {}\n" + rest).problems() ==
          Lines{"2:3: unknown setting 'plugins.rials' (did you mean 'rails'?)"});
}
