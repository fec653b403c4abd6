#include "config/schema_check.hpp"

#include <catch2/catch.hpp>

using treasurer::check_schema;
using Json = nlohmann::json;

TEST_CASE("the schema subset accepts and refuses as JSON Schema says", "[config]") {
    const auto [schema, value, valid] = GENERATE(table<std::string, std::string, bool>({
        {"true", "1", true},
        {"false", "1", false},
        {"{}", "null", true},
        {R"({"type":"integer"})", "1", true},
        {R"({"type":"integer"})", "1.0", true},
        {R"({"type":"integer"})", "1.5", false},
        {R"({"type":"integer"})", R"("1")", false},
        {R"({"type":"number"})", "1.5", true},
        {R"({"type":"boolean"})", "1", false},
        {R"({"type":["string","null"]})", "null", true},
        {R"({"type":["string","null"]})", "1", false},
        {R"({"minimum":3})", "3", true},
        {R"({"minimum":3})", "2", false},
        {R"({"maximum":18446744073709551615})", "18446744073709551615", true},
        {R"({"maximum":9223372036854775806})", "9223372036854775807", false},
        {R"({"exclusiveMinimum":3})", "3", false},
        {R"({"exclusiveMaximum":3})", "2.9", true},
        {R"({"minimum":3})", R"("text is not a number")", true},
        {R"({"minLength":2})", "\"\xc3\xa9\"", false},
        {R"({"maxLength":1})", "\"\xc3\xa9\"", true},
        {R"({"pattern":"^-?[0-9]+(\\.[0-9]+)?$"})", R"("100000.00")", true},
        {R"({"pattern":"^-?[0-9]+(\\.[0-9]+)?$"})", R"("1e5")", false},
        {R"({"pattern":"("})", R"("left to the plugin")", true},
        {R"({"enum":["a",1]})", R"("a")", true},
        {R"({"enum":["a",1]})", R"("b")", false},
        {R"({"const":2})", "2", true},
        {R"({"const":2})", "3", false},
        {R"({"required":["a"]})", "{}", false},
        {R"({"required":["a"]})", R"({"a":1})", true},
        {R"({"properties":{"a":{"type":"string"}}})", R"({"a":1})", false},
        {R"({"properties":{"a":{}},"additionalProperties":false})", R"({"b":1})", false},
        {R"({"additionalProperties":{"type":"integer"}})", R"({"b":1})", true},
        {R"({"additionalProperties":{"type":"integer"}})", R"({"b":"x"})", false},
        {R"({"items":{"type":"integer"}})", "[1,2]", true},
        {R"({"items":{"type":"integer"}})", R"([1,"x"])", false},
        {R"({"minItems":1})", "[]", false},
        {R"({"maxItems":1})", "[1,2]", false},
        {R"({"default":5,"description":"x","x-unit":"ms"})", "1", true},
    }));
    INFO(schema << " against " << value);
    CHECK(check_schema(Json::parse(value), Json::parse(schema)).empty() == valid);
}

TEST_CASE("each problem names its value by pointer", "[config]") {
    const auto found =
        check_schema(Json::parse(R"({"a/b":{"c":["x",1]},"pool":"x"})"),
                     Json::parse(R"({"properties":{"a/b":{"properties":{"c":{"items":{"type":"string"}}}},
                                                    "pool":{"type":"integer"}},"required":["z"]})"));
    REQUIRE(found.size() == 3);
    CHECK(found[0].pointer == "/a~1b/c/1");
    CHECK(found[1].pointer == "/pool");
    CHECK(found[2].what == "the setting 'z' is missing");
}

TEST_CASE("hostile schemas are survived", "[config]") {
    const auto schema = GENERATE(as<std::string>{}, "null", "7", R"({"type":7})", R"({"required":7})",
                                 R"({"required":[7]})", R"({"enum":{}})", R"({"properties":[]})", R"({"items":[{}]})",
                                 R"({"minimum":"x"})", R"({"minLength":"x"})", R"({"additionalProperties":7})");
    INFO(schema);
    CHECK(check_schema(Json::parse(R"({"a":[1,"x"]})"), Json::parse(schema)).empty());
    CHECK(check_schema(Json::parse(R"("x")"), Json::parse(schema)).empty());
}

TEST_CASE("a schema is a JSON object of bearable depth", "[config]") {
    const auto nested = [](int depth) {
        std::string open, close;
        for (int i = 0; i < depth; ++i) open += R"({"items":)", close += '}';
        return open + "{}" + close;
    };
    CHECK(treasurer::read_schema("{}"));
    CHECK(treasurer::read_schema(nested(60)));
    CHECK_FALSE(treasurer::read_schema(nested(70)));
    CHECK_FALSE(treasurer::read_schema(nested(100'000)));
    CHECK_FALSE(treasurer::read_schema(R"({"enum":[)" + std::string(100'000, '[')));
    CHECK_FALSE(treasurer::read_schema("[]"));
    CHECK_FALSE(treasurer::read_schema(""));
    CHECK_FALSE(treasurer::read_schema("{\"title\":\"\xff\"}"));
}
