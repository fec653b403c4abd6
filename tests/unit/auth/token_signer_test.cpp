#include "auth/token_signer.hpp"

#include <sodium.h>

#include <catch2/catch.hpp>

using namespace treasurer;
using namespace treasurer::auth;

namespace {

const SecretKey key = *key_from_secret("0123456789abcdef0123456789abcdef", "tokens");
const SecretKey other_key = *key_from_secret("0123456789abcdef0123456789abcdeX", "tokens");
constexpr UnixMillis now = 1'700'000'000'000;

Claims ann() {
    return {"ann", {"approver", "viewer"}, 7, "jti-1", now, now + 60'000};
}

std::string base64url(const std::string& text) {
    std::string out(sodium_base64_encoded_len(text.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
    sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    out.pop_back();
    return out;
}

/// Signs whatever header and payload, as a forger who knows the key would.
std::string forge(const std::string& header, const std::string& payload) {
    const auto signed_part = base64url(header) + "." + base64url(payload);
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key.bytes().data(), key.bytes().size());
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(signed_part.data()),
                                  signed_part.size());
    crypto_auth_hmacsha256_final(&state, mac);
    return signed_part + "." + base64url(std::string(reinterpret_cast<char*>(mac), sizeof mac));
}

const std::string good_payload =
    R"({"iss":"treasurer","aud":"treasurer","sub":"ann","roles":["viewer"],"epoch":1,"jti":"j","iat":1700000000,"exp":1700000060})";

}  // namespace

TEST_CASE("a token carries its claims until it expires", "[auth]") {
    const TokenSigner signer(key);
    const auto token = signer.sign(ann());
    const auto read = signer.verify(token, now + 59'999);
    REQUIRE(read);
    CHECK(read->subject == "ann");
    CHECK(read->roles == std::vector<std::string>{"approver", "viewer"});
    CHECK(read->epoch == 7);
    CHECK(read->id == "jti-1");
    CHECK(read->expires_ms == now + 60'000);
    CHECK(signer.verify(token, now + 60'000).error().code == ATR_E_AUTH);
    CHECK(TokenSigner(other_key).verify(token, now).error().code == ATR_E_AUTH);
}

TEST_CASE("no changed byte of a token goes unseen", "[auth]") {
    const TokenSigner signer(key);
    const auto token = signer.sign(ann());
    for (std::size_t i = 0; i < token.size(); ++i) {
        auto changed = token;
        changed[i] = changed[i] == 'A' ? 'Q' : 'A';
        CHECK_FALSE(signer.verify(changed, now));
    }
    CHECK_FALSE(signer.verify(token.substr(0, token.rfind('.')), now));
    CHECK_FALSE(signer.verify(token.substr(0, token.rfind('.') + 1), now));
    CHECK_FALSE(signer.verify(token + ".x", now));
}

TEST_CASE("only HS256 tokens of this issuer with every claim count, even under a right signature", "[auth]") {
    const TokenSigner signer(key);
    const std::string header = R"({"alg":"HS256","typ":"JWT"})";
    REQUIRE(signer.verify(forge(header, good_payload), now));
    const auto bad_header =
        GENERATE(as<std::string>{}, R"({"alg":"none","typ":"JWT"})", R"({"alg":"HS512"})", R"({"alg":"RS256"})",
                 R"({"alg":"hs256"})", R"({"typ":"JWT"})", R"([])", "", R"({"alg":["HS256"]})",
                 R"({"alg":"HS256","kid":7})", R"({"alg":"HS256","kid":"0123456789abcdef"})",
                 R"({"alg":"HS256","kid":""})", R"({"alg":"HS256","crit":["x"]})");
    CHECK_FALSE(signer.verify(forge(bad_header, good_payload), now));
    CHECK_FALSE(signer.verify(base64url(bad_header) + "." + base64url(good_payload) + ".", now));
    const auto bad_payload = GENERATE(
        as<std::string>{}, "{}", "[]", "null", "",
        R"({"iss":"other","aud":"treasurer","sub":"ann","roles":[],"epoch":1,"jti":"j","iat":1,"exp":1700000060})",
        R"({"aud":"treasurer","sub":"ann","roles":[],"epoch":1,"jti":"j","iat":1,"exp":1700000060})",
        R"({"iss":"treasurer","sub":"ann","roles":[],"epoch":1,"jti":"j","iat":1,"exp":1700000060})",
        R"({"iss":"treasurer","aud":"staging","sub":"ann","roles":[],"epoch":1,"jti":"j","iat":1,"exp":1700000060})",
        R"({"iss":"treasurer","aud":["treasurer"],"sub":"ann","roles":[],"epoch":1,"jti":"j","iat":1,"exp":1700000060})",
        R"({"iss":"treasurer","aud":"treasurer","sub":7,"roles":[],"epoch":1,"jti":"j","iat":1,"exp":1700000060})",
        R"({"iss":"treasurer","aud":"treasurer","sub":"ann","roles":"admin","epoch":1,"jti":"j","iat":1,"exp":1700000060})",
        R"({"iss":"treasurer","aud":"treasurer","sub":"ann","roles":[],"epoch":1,"jti":"j","iat":1})",
        R"({"iss":"treasurer","aud":"treasurer","sub":"ann","roles":[],"epoch":1,"jti":"j","iat":1,"exp":"never"})");
    CHECK_FALSE(signer.verify(forge(header, bad_payload), now));
}

TEST_CASE("a key that signs no more is still taken, until it is dropped", "[auth]") {
    const TokenSigner before(key), between(other_key, {key}), after(other_key);
    const auto old_token = before.sign(ann()), new_token = between.sign(ann());
    CHECK(between.verify(old_token, now));
    CHECK(between.verify(new_token, now));
    CHECK(after.verify(new_token, now));
    CHECK_FALSE(after.verify(old_token, now));
    CHECK_FALSE(before.verify(new_token, now));
    THEN("a host that knows the next key already takes what it signs") {
        CHECK(TokenSigner(key, {other_key}).verify(new_token, now));
    }
}

TEST_CASE("a token that names no key is judged by the current one, one that names a key by that alone", "[auth]") {
    const std::string unnamed = forge(R"({"alg":"HS256","typ":"JWT"})", good_payload);
    CHECK(TokenSigner(key, {other_key}).verify(unnamed, now));
    CHECK_FALSE(TokenSigner(other_key, {key}).verify(unnamed, now));
    const auto named = [](const SecretKey& as) { return R"({"alg":"HS256","typ":"JWT","kid":")" + key_id(as) + "\"}"; };
    CHECK(TokenSigner(other_key, {key}).verify(forge(named(key), good_payload), now));
    CHECK_FALSE(TokenSigner(other_key, {key}).verify(forge(named(other_key), good_payload), now));
    CHECK(key_id(key) != key_id(other_key));
    CHECK(key_id(key).size() == 16);
}

TEST_CASE("a token of another audience is refused, under the same key too", "[auth]") {
    const TokenSigner production(key), staging(key, {}, "staging");
    CHECK(staging.verify(staging.sign(ann()), now));
    CHECK(staging.verify(production.sign(ann()), now).error().code == ATR_E_AUTH);
    CHECK(production.verify(staging.sign(ann()), now).error().code == ATR_E_AUTH);
}

TEST_CASE("what is no token at all is refused", "[auth]") {
    const TokenSigner signer(key);
    const auto junk = GENERATE(as<std::string>{}, "", ".", "..", "...", "a.b.c", "not a token", std::string(5000, 'a'),
                               std::string("a\0b", 3), "eyJhbGciOiJIUzI1NiJ9..", "\xff\xfe.\xff.\xff");
    CHECK_FALSE(signer.verify(junk, now));
}
