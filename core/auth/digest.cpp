#include "auth/digest.hpp"

#include <sodium.h>

#include <array>

namespace treasurer::auth {
namespace {

using Hash = std::array<unsigned char, crypto_hash_sha256_BYTES>;

const unsigned char* octets(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string hex_of(const Hash& hash) {
    std::string hex(hash.size() * 2 + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    hex.pop_back();
    return hex;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
    Hash hash;
    crypto_hash_sha256(hash.data(), octets(bytes), bytes.size());
    return hex_of(hash);
}

bool is_same_digest(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

struct Sha256::State {
    crypto_hash_sha256_state raw;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    crypto_hash_sha256_init(&state_->raw);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::string_view bytes) {
    crypto_hash_sha256_update(&state_->raw, octets(bytes), bytes.size());
}

std::string Sha256::hex() {
    Hash hash;
    crypto_hash_sha256_final(&state_->raw, hash.data());
    return hex_of(hash);
}

}  // namespace treasurer::auth
