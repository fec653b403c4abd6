#include "auth/secret_key.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <optional>
#include <thread>
#include <vector>

#include "auth/digest.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace treasurer::auth;

TEST_CASE("a digest is SHA-256 in hex", "[auth]") {
    CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("the first start makes a key for its owner alone, later ones read it", "[auth]") {
    const support::TemporaryFolder folder;
    const auto file = folder.path() / "token.key";
    const auto made = key_from_file(file);
    REQUIRE(made);
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    const auto read = key_from_file(file);
    REQUIRE(read);
    CHECK(*made == *read);
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("hosts that start at the same moment end with the same key", "[auth]") {
    for (int round = 0; round < 20; ++round) {
        const support::TemporaryFolder folder;
        const auto file = folder.path() / "token.key";
        std::vector<std::optional<SecretKey>> keys(8);
        std::vector<std::thread> hosts;
        for (auto& key : keys)
            hosts.emplace_back([&] {
                if (const auto made = key_from_file(file)) key = *made;
            });
        for (auto& host : hosts) host.join();
        for (const auto& key : keys) {
            REQUIRE(key);
            CHECK(*key == *keys.front());
        }
        CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
    }
}

TEST_CASE("a key file that cannot be trusted is refused by name", "[auth]") {
    const support::TemporaryFolder folder;
    const auto file = folder.path() / "token.key";
    SECTION("too short") {
        std::ofstream(file) << "short";
        ::chmod(file.c_str(), 0600);
    }
    SECTION("open to others") {
        REQUIRE(key_from_file(file));
        ::chmod(file.c_str(), 0644);
    }
    SECTION("a link to elsewhere") {
        std::filesystem::create_symlink("/dev/null", file);
    }
    const auto refused = key_from_file(file);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ATR_E_CONFIG);
    CHECK(refused.error().message.find("token.key") != std::string::npos);
}

TEST_CASE("a key file that cannot be made is a clear error", "[auth]") {
    const auto refused = key_from_file("/nonexistent/folder/token.key");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("No such file or directory") != std::string::npos);
}

TEST_CASE("keys from one configured secret differ by purpose, and short secrets are refused", "[auth]") {
    const std::string secret(32, 's');
    CHECK(*key_from_secret(secret, "tokens") == *key_from_secret(secret, "tokens"));
    CHECK_FALSE(*key_from_secret(secret, "tokens") == *key_from_secret(secret, "blobs"));
    CHECK(key_from_secret(secret.substr(1), "tokens").error().code == ATR_E_CONFIG);
}
