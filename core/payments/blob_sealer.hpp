/// Prepared bytes are bearer money on some rails: they are sealed before they are stored.
#pragma once

#include <atr/result.hpp>

#include <string>
#include <string_view>

namespace treasurer::payments {

/// Threads: any. The payment's id is bound to the seal, so a blob cannot be moved to another payment.
class BlobSealer {
public:
    virtual ~BlobSealer() = default;
    virtual std::string seal(std::string_view blob, std::string_view payment_id) = 0;
    virtual atr::Result<std::string> open(std::string_view sealed, std::string_view payment_id) = 0;
};

}  // namespace treasurer::payments
