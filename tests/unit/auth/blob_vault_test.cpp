#include "auth/blob_vault.hpp"

#include <catch2/catch.hpp>

#include "tests/support/simulated.hpp"

using namespace treasurer::auth;

namespace {
const SecretKey key = *key_from_secret("0123456789abcdef0123456789abcdef", "blobs");
const SecretKey other_key = *key_from_secret("another secret of at least 32 bytes!", "blobs");
}  // namespace

TEST_CASE("a sealed blob opens for its own payment and key only", "[auth]") {
    support::SeededRandom random(1);
    const BlobVault vault(key, random);
    const std::string blob = GENERATE(std::string(), std::string("\0\xff signed bytes", 15), std::string(100'000, 'x'));
    const auto sealed = vault.seal(blob, "payment-1");
    CHECK(sealed.starts_with("v1."));
    CHECK((blob.empty() || sealed.find(blob) == std::string::npos));
    REQUIRE(vault.open(sealed, "payment-1"));
    CHECK(*vault.open(sealed, "payment-1") == blob);
    CHECK(vault.open(sealed, "payment-2").error().code == ATR_E_CORRUPT);
    CHECK_FALSE(BlobVault(other_key, random).open(sealed, "payment-1"));
    CHECK(vault.seal(blob, "payment-1") != sealed);
}

TEST_CASE("no change to a sealed blob goes unseen", "[auth]") {
    support::SeededRandom random(2);
    const BlobVault vault(key, random);
    const auto sealed = vault.seal("blob", "p");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        CHECK_FALSE(vault.open(changed, "p"));
        CHECK_FALSE(vault.open(sealed.substr(0, i), "p"));
    }
    CHECK_FALSE(vault.open(sealed + "A", "p"));
    CHECK_FALSE(vault.open(sealed + "\n", "p"));
}
