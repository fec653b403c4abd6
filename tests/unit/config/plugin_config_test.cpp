#include "config/plugin_config.hpp"

#include <catch2/catch.hpp>

using treasurer::parse_yaml;
using treasurer::to_json;
using Json = nlohmann::json;

namespace {

std::string json_of(const std::string& yaml, const std::string& schema = "null") {
    treasurer::Problems problems;
    const auto node = parse_yaml(yaml, "t", problems);
    REQUIRE(problems.empty());
    return to_json(node, Json::parse(schema)).value.dump();
}

}  // namespace

TEST_CASE("unquoted scalars follow YAML's core schema", "[config]") {
    CHECK(
        json_of(
            "{a: 1, b: -2.5, c: true, d: word, e: \"1\", f: ~, g: 1e3, h: 1.2.3, i: '', j: 0x10, k: .inf, l: +5}") ==
        R"({"a":1,"b":-2.5,"c":true,"d":"word","e":"1","f":null,"g":1000.0,"h":"1.2.3","i":"","j":"0x10","k":".inf","l":5})");
}

TEST_CASE("where the schema wants a text, the scalar is taken as written", "[config]") {
    const std::string schema =
        R"({"properties":{"opening":{"type":"string"},"list":{"items":{"type":"string"}},
            "in":{"properties":{"x":{"type":["string","null"]}}}}})";
    CHECK(json_of("{opening: 100000.00, list: [1.0, true], in: {x: 007}, other: 1.0}", schema) ==
          R"({"in":{"x":"007"},"list":["1.0","true"],"opening":"100000.00","other":1.0})");
}

TEST_CASE("a whole number beyond 64 bits is not cut", "[config]") {
    CHECK(json_of("{a: 123456789012345678901234567890}", R"({"properties":{"a":{"type":"string"}}})") ==
          R"({"a":"123456789012345678901234567890"})");
}
