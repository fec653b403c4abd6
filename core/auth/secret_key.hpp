/// 32 secret bytes, and where a host gets them: from a configured secret, or from a key file that the first start
/// makes.
#pragma once

#include <array>
#include <atr/result.hpp>
#include <filesystem>
#include <string>
#include <string_view>

namespace treasurer::auth {

/// Overwritten when it ends. Threads: read from any.
class SecretKey {
public:
    static constexpr std::size_t size = 32;
    using Bytes = std::array<unsigned char, size>;

    explicit SecretKey(const Bytes& bytes) : bytes_(bytes) {}
    SecretKey(const SecretKey&) = default;
    SecretKey& operator=(const SecretKey&) = default;
    ~SecretKey();

    const Bytes& bytes() const { return bytes_; }
    /// True for the same bytes, in constant time.
    friend bool operator==(const SecretKey& a, const SecretKey& b);

private:
    Bytes bytes_;
};

/// A key from a secret text of the configuration. `purpose` ("tokens", "blobs") keeps keys from one secret apart.
/// Errors: rejected, ATR_E_CONFIG, when the secret has fewer than 32 bytes.
atr::Result<SecretKey> key_from_secret(std::string_view secret, std::string_view purpose);

/// 16 hex digits that tell keys apart and give nothing of them away.
std::string key_id(const SecretKey& key);

/// The key in `file`; made, readable by its owner alone, when it is not there. Hosts that start at the same moment end
/// with the same key: each writes its own temporary file, and the first to link it under the final name wins.
/// Errors: rejected, ATR_E_CONFIG, naming the file: cannot be made or read, open to group or others, not 32 bytes.
atr::Result<SecretKey> key_from_file(const std::filesystem::path& file);

}  // namespace treasurer::auth
