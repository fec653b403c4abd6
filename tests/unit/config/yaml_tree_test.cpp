#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "config_file.hpp"

using namespace config_test;

TEST_CASE("files that cannot be settings are refused in one line", "[config]") {
    const auto [text, problem] = GENERATE(table<std::string, std::string>({
        {"", " is empty"},
        {" \n\n", " is empty"},
        {"- a\n", "1:1: settings are a map of names to values"},
        {"just words\n", "1:1: settings are a map of names to values"},
        {"a: [1, 2\nb: 3\n", "2:2: not YAML: "},
        {"a: 1\na: 2\n", "2:1: 'a' stands here twice; first in line 1"},
        {"a: {b: 1, b: 2}\n", "1:11: 'b' stands here twice; first in line 1"},
        {"a: 1\n---\nb: 2\n", "a second document; settings are one document"},
        {"? [x]\n: 1\n", "1:3: a setting's name must be a word"},
        {"a: !!binary aGk=\n", "the tag 'tag:yaml.org,2002:binary' means nothing here"},
        {"server:\n  address: \"\xff\xfe\"\n", "2:13: not UTF-8 from here on"},
        {std::string("a: 1\n\0\0\0b", 9), "2:1: not text: a zero byte; save the file as UTF-8"},
        {"a: &x [*x]\n", "an alias inside of what it stands for"},
    }));
    ConfigFile file(text);
    INFO(text);
    const auto found = file.problems();
    REQUIRE_FALSE(found.empty());
    CHECK_THAT(found.front(), Catch::Contains(problem));
}

TEST_CASE("a missing file, a folder and an oversize file are told apart", "[config]") {
    ConfigFile file(plugins + "#" + std::string(1 << 20, 'x'));
    CHECK(file.problems() == Lines{" larger than 1 MiB"});
    const auto folder = file.options.file.substr(0, file.options.file.rfind('/'));
    file.options.file = folder;
    CHECK(file.problems() == Lines{" is a folder, not a file"});
    file.options.file = folder + "/none.yaml";
    CHECK(file.problems() == Lines{" no such file"});
}

TEST_CASE("aliases are followed, and bounded", "[config]") {
    ConfigFile good("server: &s {port: 7}\nlog: {file: &f x}\n" + plugins);
    CHECK(good.settings().server.port == 7);

    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int level = 1; level < 10; ++level) {
        const std::string below = "*a" + std::to_string(level - 1);
        bomb += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [";
        for (int i = 0; i < 10; ++i) bomb += (i ? ", " : "") + below;
        bomb += "]\n";
    }
    ConfigFile bad(bomb);
    const auto found = bad.problems();
    REQUIRE(found.size() == 1);
    CHECK_THAT(found.front(), Catch::EndsWith("more than 20000 values, aliases counted"));
}

TEST_CASE("deep nesting is refused", "[config]") {
    const int depth = GENERATE(40, 400, 100'000);
    ConfigFile file("a: " + std::string(static_cast<std::size_t>(depth), '[') +
                    std::string(static_cast<std::size_t>(depth), ']') + "\n");
    CHECK(file.problems().size() == 1);
}
