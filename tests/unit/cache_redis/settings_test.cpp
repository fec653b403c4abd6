#include <cache_redis/settings.hpp>
#include <catch2/catch.hpp>

using namespace cache_redis;

namespace {

/// The setting that is named as wrong, or "".
std::string wrong(const std::string& json) {
    const auto settings = redis_config().read(json);
    const auto error = settings ? check(*settings) : atr::Result<>(settings.error());
    if (error) return "";
    CHECK(error.error().code == ATR_E_CONFIG);
    const std::string& message = error.error().message;
    const auto from = message.find('\'') + 1;
    return message.substr(from, message.find('\'', from) - from);
}

}  // namespace

SCENARIO("settings that make no sense together are named", "[cache_redis]") {
    CHECK(wrong("{}").empty());
    CHECK(wrong(R"({"adresses":[]})") == "adresses");
    CHECK(wrong(R"({"addresses":[]})") == "addresses");
    CHECK(wrong(R"({"addresses":["a:1","b:2"]})") == "addresses");
    CHECK(wrong(R"({"addresses":["nowhere"]})") == "addresses");
    CHECK(wrong(R"({"mode":"cluster","addresses":["a:1","b:2"]})").empty());
    CHECK(wrong(R"({"mode":"cluster","database":1})") == "database");
    CHECK(wrong(R"({"mode":"sentinel"})") == "master");
    CHECK(wrong(R"({"mode":"sentinel","master":"main"})").empty());
    CHECK(wrong(R"({"master":"main"})") == "master");
    CHECK(wrong(R"({"prefix":"a{b"})") == "prefix");
    CHECK(wrong(R"({"username":"u"})") == "password");
    CHECK(wrong(R"({"password":"in the clear"})") == "password");
    CHECK(wrong(R"({"sentinel_password":"in the clear"})") == "sentinel_password");
    CHECK(wrong(R"({"username":"u","password":"secret://env/P"})").empty());
    CHECK(wrong(R"({"tls":true,"tls_cert_file":"a"})") == "tls_key_file");
    CHECK(wrong(R"({"tls_ca_file":"a"})") == "tls");
    CHECK(wrong(R"({"back_off_min":100,"back_off_max":50})") == "back_off_max");
}

SCENARIO("every setting has a description and its default in the schema", "[cache_redis]") {
    const auto schema = nlohmann::json::parse(redis_config().schema());
    for (const auto& [name, property] : schema["properties"].items())
        CHECK_FALSE(property["description"].get<std::string>().empty());
    const RedisSettings defaults;
    CHECK(schema["properties"]["version_memory"]["default"] == defaults.version_memory.count());
}
