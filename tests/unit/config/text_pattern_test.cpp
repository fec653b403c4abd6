#include "config/text_pattern.hpp"

#include <catch2/catch.hpp>

using treasurer::has_form;

TEST_CASE("a pattern is found anywhere in a text, unless it is anchored", "[config]") {
    const auto [pattern, text, found] = GENERATE(table<std::string, std::string, bool>({
        {"", "abc", true},
        {"b", "abc", true},
        {"^b", "abc", false},
        {"c$", "abc", true},
        {"^a|b$", "xb", true},
        {"^a|b$", "xax", false},
        {"^.$", "\xc3\xa9", true},
        {"^[^a]{1}$", "\xf0\x9f\x92\xb6", true},
        {"^[a-z]+$", "\xc3\xa9", false},
        {R"(^\d{4}-\d{2}$)", "2026-03", true},
        {R"(\bdue\b)", "overdue", false},
        {"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$", "01234567-89ab-cdef-0123-456789abcdef", true},
    }));
    INFO(pattern << " in " << text);
    CHECK(has_form(text, pattern) == found);
}

TEST_CASE("what cannot be judged, or not cheaply, is left to the plugin", "[config]") {
    const auto pattern = GENERATE(as<std::string>{}, "(", "a)|(b", "a{4,", R"((a)\1)", "(?=a)a", "a(?!b)",
                                  "(((a{99}){99}){99})", "a{99999999999999999999}", "(a?){5000}",
                                  std::string(5000, 'a'), std::string(50'000, '(') + std::string(50'000, ')'));
    INFO(pattern.substr(0, 40));
    CHECK(has_form("a", pattern) == std::nullopt);
    CHECK(has_form(std::string(1025, 'a'), "a") == std::nullopt);
}

TEST_CASE("a pattern made to take for ever does not", "[config]") {
    CHECK(has_form(std::string(1000, 'a'), "^(a*)*b$") == false);
    CHECK(has_form(std::string(1000, 'a'), "^(a|a)*$") == true);
    CHECK(has_form(std::string(1000, 'a') + "!", "^(([a-z])+.)+[A-Z]([a-z])+$") == false);
}
