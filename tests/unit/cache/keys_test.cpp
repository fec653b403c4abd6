// The table of cached keys in docs/architecture.md is the one that the core goes by.
#include "cache/cache_keys.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

using namespace treasurer;

namespace {

std::string seconds(Millis time) {
    return std::to_string(time.count() / 1000) + " s";
}

std::string without_spaces_around(const std::string& text) {
    const auto begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// "key | lives | and then | stale by", of each key.
std::map<std::string, std::string> rows_of_the_document() {
    std::ifstream file("docs/architecture.md");
    std::map<std::string, std::string> out;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("| `") || line.find(" s | ") == std::string::npos) continue;
        std::istringstream cells(line.substr(2));
        std::string key, what, row;
        std::getline(cells, key, '|');
        std::getline(cells, what, '|');
        for (std::string cell; std::getline(cells, cell, '|');) row += without_spaces_around(cell) + '|';
        key = without_spaces_around(key);
        out[key.substr(1, key.size() - 2)] = row;
    }
    return out;
}

std::map<std::string, std::string> rows_of_the_core() {
    std::map<std::string, std::string> out;
    for (const auto& key : cache::all_keys) {
        std::string collections;
        for (const auto& rule : cache::stale_rules)
            if (rule.key.name == key.name)
                collections += (collections.empty() ? "`" : ", `") + std::string(rule.collection) + '`';
        out[std::string(key.name)] = seconds(key.ttl) + '|' + seconds(key.stale_for) + '|' + collections + '|';
    }
    return out;
}

}  // namespace

SCENARIO("docs/architecture.md names the cached keys, their times and what makes them stale", "[cache]") {
    CHECK(rows_of_the_document() == rows_of_the_core());
}
