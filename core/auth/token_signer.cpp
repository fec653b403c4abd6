#include "auth/token_signer.hpp"

#include <jwt.h>
#include <sodium.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>

namespace treasurer::auth {
namespace {

using Json = nlohmann::json;

constexpr const char* issuer = "treasurer";
constexpr std::size_t max_token_bytes = 4096;

struct Free {
    void operator()(jwt_t* jwt) const { jwt_free(jwt); }
    void operator()(char* text) const { std::free(text); }
};
using Jwt = std::unique_ptr<jwt_t, Free>;
using Text = std::unique_ptr<char, Free>;

/// What a token's header says of its verification.
struct Header {
    std::optional<std::string> key_id;
};

/// The header decides which verification a library runs, so it is judged before any of it runs. nullopt: not ours.
std::optional<Header> our_header(std::string_view token) {
    const auto header = token.substr(0, token.find('.'));
    std::string bytes(header.size(), '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), header.data(), header.size(),
                          nullptr, &size, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != header.data() + header.size())
        return std::nullopt;
    bytes.resize(size);
    const auto json = Json::parse(bytes, nullptr, false);
    if (!json.is_object() || json.value("alg", Json()) != "HS256" || json.value("typ", Json("JWT")) != "JWT" ||
        json.contains("crit"))
        return std::nullopt;
    const auto key_id = json.find("kid");
    if (key_id == json.end()) return Header{};
    if (!key_id->is_string()) return std::nullopt;
    return Header{key_id->get<std::string>()};
}

Claims claims_from(const Json& json) {
    Claims out;
    out.subject = json.at("sub").get<std::string>();
    out.roles = json.at("roles").get<std::vector<std::string>>();
    out.epoch = json.at("epoch").get<std::uint64_t>();
    out.id = json.at("jti").get<std::string>();
    out.issued_ms = json.at("iat").get<std::int64_t>() * 1000;
    out.expires_ms = json.at("exp").get<std::int64_t>() * 1000;
    return out;
}

}  // namespace

TokenSigner::TokenSigner(SecretKey current, std::vector<SecretKey> earlier, std::string audience)
    : audience_(std::move(audience)) {
    keys_.push_back({key_id(current), current});
    for (const auto& key : earlier) keys_.push_back({key_id(key), key});
}

const SecretKey* TokenSigner::key_named(const std::optional<std::string>& id) const {
    if (!id) return &keys_.front().key;
    for (const auto& named : keys_)
        if (named.id == *id) return &named.key;
    return nullptr;
}

std::string TokenSigner::sign(const Claims& claims) const {
    const Json json = {{"iss", issuer},
                       {"aud", audience_},
                       {"sub", claims.subject},
                       {"roles", claims.roles},
                       {"epoch", claims.epoch},
                       {"jti", claims.id},
                       {"iat", claims.issued_ms / 1000},
                       {"exp", claims.expires_ms / 1000}};
    jwt_t* raw = nullptr;
    if (jwt_new(&raw) != 0) throw std::bad_alloc();
    const Jwt jwt(raw);
    const auto& key = keys_.front().key.bytes();
    if (jwt_add_header(jwt.get(), "kid", keys_.front().id.c_str()) != 0 ||
        jwt_add_grants_json(jwt.get(), json.dump().c_str()) != 0 ||
        jwt_set_alg(jwt.get(), JWT_ALG_HS256, key.data(), static_cast<int>(key.size())) != 0)
        throw std::bad_alloc();
    const Text text(jwt_encode_str(jwt.get()));
    if (!text) throw std::bad_alloc();
    return text.get();
}

atr::Result<Claims> TokenSigner::verify(std::string_view token, UnixMillis now_ms) const {
    if (token.size() > max_token_bytes || token.find('\0') != std::string_view::npos)
        return refused_token("not a token of this service");
    const auto header = our_header(token);
    if (!header) return refused_token("not a token of this service");
    const SecretKey* named = key_named(header->key_id);
    if (!named) return refused_token("the token's key is not one of ours");
    jwt_t* raw = nullptr;
    const auto& key = named->bytes();
    if (jwt_decode(&raw, std::string(token).c_str(), key.data(), static_cast<int>(key.size())) != 0)
        return refused_token("the token's signature is wrong");
    const Jwt jwt(raw);
    if (jwt_get_alg(jwt.get()) != JWT_ALG_HS256) return refused_token("the token's algorithm is not ours");
    const Text grants(jwt_get_grants_json(jwt.get(), nullptr));
    const auto json = Json::parse(grants ? grants.get() : "", nullptr, false);
    if (!json.is_object() || json.value("iss", Json()) != issuer)
        return refused_token("the token is another service's");
    if (json.value("aud", Json()) != audience_) return refused_token("the token is for another audience");
    try {
        Claims claims = claims_from(json);
        if (claims.expires_ms <= now_ms) return refused_token("the token has expired");
        return claims;
    } catch (const Json::exception&) {
        return refused_token("the token lacks claims");
    }
}

}  // namespace treasurer::auth
