#include "auth/blob_vault.hpp"

#include <sodium.h>

#include <cstring>
#include <vector>

#include "auth/sodium_ready.hpp"

namespace treasurer::auth {
namespace {

constexpr std::string_view prefix = "v1.";
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr int base64 = sodium_base64_VARIANT_ORIGINAL;
static_assert(SecretKey::size == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(nonce_bytes % sizeof(std::uint64_t) == 0);

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

atr::Error unreadable() {
    return atr::rejected(ATR_E_CORRUPT, "a sealed payment blob cannot be opened: changed, or sealed with another key");
}

}  // namespace

BlobVault::BlobVault(SecretKey key, Random& random) : key_(key), random_(random) {
    sodium_ready();
}

std::string BlobVault::seal(std::string_view blob, std::string_view payment_id) const {
    std::vector<unsigned char> box(nonce_bytes + blob.size() + tag_bytes);
    for (std::size_t at = 0; at < nonce_bytes; at += sizeof(std::uint64_t)) {
        const std::uint64_t word = random_.next();
        std::memcpy(box.data() + at, &word, sizeof word);
    }
    crypto_aead_xchacha20poly1305_ietf_encrypt(box.data() + nonce_bytes, nullptr, bytes_of(blob), blob.size(),
                                               bytes_of(payment_id), payment_id.size(), nullptr, box.data(),
                                               key_.bytes().data());
    std::string out(sodium_base64_encoded_len(box.size(), base64), '\0');
    sodium_bin2base64(out.data(), out.size(), box.data(), box.size(), base64);
    out.pop_back();  // the terminating zero
    return std::string(prefix) + out;
}

atr::Result<std::string> BlobVault::open(std::string_view sealed, std::string_view payment_id) const {
    if (!sealed.starts_with(prefix)) return unreadable();
    sealed.remove_prefix(prefix.size());
    if (sealed.empty()) return unreadable();
    std::vector<unsigned char> box(sealed.size());
    std::size_t size = 0;
    const char* end = nullptr;
    if (sodium_base642bin(box.data(), box.size(), sealed.data(), sealed.size(), nullptr, &size, &end, base64) != 0)
        return unreadable();
    if (end != sealed.data() + sealed.size() || size < nonce_bytes + tag_bytes) return unreadable();
    std::string out(size - nonce_bytes - tag_bytes, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(out.data()), nullptr, nullptr,
                                                   box.data() + nonce_bytes, size - nonce_bytes, bytes_of(payment_id),
                                                   payment_id.size(), box.data(), key_.bytes().data()) != 0)
        return unreadable();
    return out;
}

}  // namespace treasurer::auth
