/// The public JSON Schema test suite, draft 7 (Debian's json-schema-test-suite), for the keywords this host supports:
/// every verdict is compared, and what is left out is left out for a reason that is counted.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "config/schema_check.hpp"

using Json = nlohmann::json;

namespace {

const std::filesystem::path suite = "/usr/share/json-schema-test-suite/tests/draft7";

// What schema_check.hpp says, and what is no assertion in any draft.
const std::set<std::string> supported = {
    "type",      "enum",      "const",   "minimum",  "maximum",    "exclusiveMinimum",     "exclusiveMaximum",
    "minLength", "maxLength", "pattern", "required", "properties", "additionalProperties", "items",
    "minItems",  "maxItems"};
const std::set<std::string> annotations = {"$schema", "$id", "$comment", "title", "description", "default", "examples"};

/// The first keyword, here or below, that this host does not know; empty: it knows all.
std::string unknown_keyword(const Json& schema) {
    if (!schema.is_object()) return {};
    for (const auto& [keyword, value] : schema.items()) {
        if (!supported.contains(keyword) && !annotations.contains(keyword)) return keyword;
        if (keyword == "items" && value.is_array()) return "items as a list";
        if (keyword == "items" || keyword == "additionalProperties")
            if (auto found = unknown_keyword(value); !found.empty()) return found;
        if (keyword == "properties")
            for (const auto& [name, below] : value.items())
                if (auto found = unknown_keyword(below); !found.empty()) return found;
    }
    return {};
}

struct Tally {
    int ran = 0;
    std::map<std::string, int> skipped;     ///< by the keyword that is not supported
    std::map<std::string, int> by_keyword;  ///< cases whose schema has the keyword at its top
    std::vector<std::string> wrong;
};

void judge(const Json& group, Tally& tally) {
    const Json& schema = group.at("schema");
    for (const Json& test : group.at("tests")) {
        ++tally.ran;
        const bool valid = treasurer::check_schema(test.at("data"), schema).empty();
        if (valid != test.at("valid").get<bool>())
            tally.wrong.push_back(group.at("description").get<std::string>() + ": " +
                                  test.at("description").get<std::string>() + ": " + schema.dump() + " against " +
                                  test.at("data").dump());
        if (!schema.is_object()) continue;
        for (const auto& [keyword, value] : schema.items()) ++tally.by_keyword[keyword];
    }
}

Tally run_suite() {
    Tally tally;
    for (const auto& file : std::filesystem::directory_iterator(suite)) {
        if (file.path().extension() != ".json") continue;
        std::ifstream in(file.path());
        for (const Json& group : Json::parse(in)) {
            const std::string reason = unknown_keyword(group.at("schema"));
            if (reason.empty())
                judge(group, tally);
            else
                tally.skipped[reason] += static_cast<int>(group.at("tests").size());
        }
    }
    return tally;
}

}  // namespace

TEST_CASE("every verdict of the draft 7 suite holds for the supported keywords", "[config]") {
    const Tally tally = run_suite();
    int skipped = 0;
    for (const auto& [reason, count] : tally.skipped) {
        std::cout << "skipped " << count << ": " << reason << '\n';
        skipped += count;
    }
    std::cout << "ran " << tally.ran << ", skipped " << skipped << " for " << tally.skipped.size() << " reasons\n";
    for (const auto& line : tally.wrong) UNSCOPED_INFO(line);
    CHECK(tally.wrong.empty());
    for (const auto& keyword : supported) {
        INFO(keyword);
        CHECK(tally.by_keyword.contains(keyword));
    }
    CHECK(tally.ran > skipped / 2);
}
