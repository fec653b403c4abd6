/// Content codings of answers (RFC 9110, 8.4 and 12.5.3): gzip, where a client asks for it and it is worth the work.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace treasurer::http {

enum class Coding { identity, gzip };

/// Below it gzip saves next to nothing; above the other it would keep a thread for too long.
inline constexpr std::size_t smallest_gzipped = 1024, largest_gzipped = std::size_t{1} << 20;

/// What an Accept-Encoding value likes best. Without one, and where it refuses all we have, it is identity.
Coding coding_for(std::optional<std::string_view> accept_encoding);

/// True for text, JSON and XML; images, archives and bytes of unknown kind only grow.
bool is_compressible(std::string_view content_type);

/// A whole gzip member. The same bytes give the same member.
std::string gzip(std::string_view bytes);

/// What gzip() was given: `bytes` of it.
std::string gunzip(std::string_view member, std::size_t bytes);

/// A representation that many are given: hashed and compressed once. Immutable. Threads: any.
class EncodedBody {
public:
    EncodedBody(std::string content_type, std::string body);

    /// 200 with Content-Type, ETag and, where asked for, the compressed bytes. No byte is copied.
    Response answer(std::optional<std::string_view> accept_encoding) const;
    std::string_view plain() const { return *plain_; }

private:
    const std::string content_type_, tag_;
    const std::shared_ptr<const std::string> plain_, gzipped_;  ///< gzipped_ is null where it is not worth it
};

/// A representation that few ask for, and is large: kept compressed alone, unpacked for who takes no gzip. Immutable.
/// Threads: any.
class PackedBody {
public:
    PackedBody(std::string content_type, std::string_view body);

    /// As EncodedBody::answer.
    Response answer(std::optional<std::string_view> accept_encoding) const;

private:
    std::shared_ptr<const std::string> plain() const;

    const std::string content_type_, tag_;
    const std::size_t plain_bytes_;
    const std::shared_ptr<const std::string> gzipped_;
    mutable std::mutex mutex_;
    mutable std::weak_ptr<const std::string> plain_;  ///< as long as an answer holds it, the others send it as well
};

/// The last body that was made, for whoever makes the same one again. Threads: any.
class LastEncoded {
public:
    explicit LastEncoded(std::string content_type) : content_type_(std::move(content_type)) {}
    std::shared_ptr<const EncodedBody> of(std::string body);

private:
    const std::string content_type_;
    std::mutex mutex_;
    std::shared_ptr<const EncodedBody> last_;
};

}  // namespace treasurer::http
