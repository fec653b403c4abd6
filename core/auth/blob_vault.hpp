/// Seals prepared payment blobs at rest. A prepared blob is bearer money: whoever reads one from the database, a backup
/// or an export could submit it.
#pragma once

#include <atr/result.hpp>
#include <string>
#include <string_view>

#include "auth/secret_key.hpp"
#include "runtime/random.hpp"

namespace treasurer::auth {

/// XChaCha20-Poly1305 with the payment id as associated data: a blob opens for its own payment only.
/// Threads: both methods from any. `random` must outlive the vault; it must be unpredictable in a running host.
class BlobVault {
public:
    BlobVault(const SecretKey& key, Random& random);

    /// "v1." and base64 text. Never the same text twice.
    std::string seal(std::string_view blob, std::string_view payment_id) const;

    /// Errors: rejected, ATR_E_CORRUPT: changed, cut short, of another payment, or sealed with another key.
    atr::Result<std::string> open(std::string_view sealed, std::string_view payment_id) const;

private:
    SecretKey key_;
    Random& random_;
};

}  // namespace treasurer::auth
