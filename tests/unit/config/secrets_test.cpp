#include "config/secrets.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/temporary_folder.hpp"

using treasurer::SecretResolver;

namespace {

SecretResolver resolver() {
    return SecretResolver([](const std::string& name) -> std::optional<std::string> {
        if (name == "KEY") return "s3cret\n";
        if (name == "EMPTY") return "";
        return std::nullopt;
    });
}

}  // namespace

TEST_CASE("a secret comes from the environment as it is", "[config]") {
    CHECK(resolver().resolve("secret://env/KEY").value() == "s3cret\n");
    CHECK(resolver().resolve("secret://env/NONE").outcome() == atr::Outcome::not_found);
    CHECK(resolver().resolve("secret://env/EMPTY").outcome() == atr::Outcome::not_found);
}

TEST_CASE("a secret comes from a file without its last line end, and anew each time", "[config]") {
    const support::TemporaryFolder folder;
    const std::string file = (folder.path() / "key").string();
    const auto write = [&](const std::string& text) { std::ofstream(file, std::ios::binary) << text; };
    write("one\n\n");
    CHECK(resolver().resolve("secret://file" + file).value() == "one\n");
    write("two\r\n");
    CHECK(resolver().resolve("secret://file/" + file).value() == "two");
    write("\n");
    CHECK(resolver().resolve("secret://file" + file).outcome() == atr::Outcome::rejected);
    write(std::string(100'000, 'x'));
    CHECK(resolver().resolve("secret://file" + file).outcome() == atr::Outcome::rejected);
    CHECK(resolver().resolve("secret://file" + folder.path().string()).outcome() == atr::Outcome::rejected);
    CHECK(resolver().resolve("secret://file" + file + "x").outcome() == atr::Outcome::not_found);
}

TEST_CASE("anything else is no secret reference", "[config]") {
    const auto reference = GENERATE(as<std::string>{}, "", "plain", "secret://vault/x", "secret:/env/KEY");
    const auto result = resolver().resolve(reference);
    REQUIRE(result.outcome() == atr::Outcome::rejected);
    CHECK(result.error().message == "a secret is named as secret://env/NAME or secret://file/PATH");
}
