#include "auth/blob_vault.hpp"

#include <sodium.h>

#include <cstring>
#include <vector>

#include "auth/base64.hpp"
#include "auth/sodium_ready.hpp"

namespace treasurer::auth {
namespace {

constexpr std::string_view prefix = "v1.";
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(SecretKey::size == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(nonce_bytes % sizeof(std::uint64_t) == 0);

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

atr::Error unreadable() {
    return atr::rejected(ATR_E_CORRUPT, "a sealed payment blob cannot be opened: changed, or sealed with another key");
}

}  // namespace

BlobVault::BlobVault(const SecretKey& key, Random& random) : key_(key), random_(random) {
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
    return std::string(prefix) + base64({reinterpret_cast<const char*>(box.data()), box.size()});
}

atr::Result<std::string> BlobVault::open(std::string_view sealed, std::string_view payment_id) const {
    if (!sealed.starts_with(prefix)) return unreadable();
    sealed.remove_prefix(prefix.size());
    const auto box = from_base64(sealed);
    if (!box || box->size() < nonce_bytes + tag_bytes) return unreadable();
    std::string out(box->size() - nonce_bytes - tag_bytes, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(out.data()), nullptr, nullptr,
                                                   bytes_of(*box) + nonce_bytes, box->size() - nonce_bytes,
                                                   bytes_of(payment_id), payment_id.size(), bytes_of(*box),
                                                   key_.bytes().data()) != 0)
        return unreadable();
    return out;
}

}  // namespace treasurer::auth
