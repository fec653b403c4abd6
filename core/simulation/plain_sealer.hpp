/// Seals nothing: tests and simulations read the bytes.
#pragma once

#include "payments/blob_sealer.hpp"

namespace treasurer::simulation {

class PlainSealer final : public payments::BlobSealer {
public:
    std::string seal(std::string_view blob, std::string_view) override { return std::string(blob); }
    atr::Result<std::string> open(std::string_view sealed, std::string_view) override {
        if (sealed.empty()) return atr::rejected(ATR_E_CORRUPT, "there is nothing to open");  // as a vault says
        return std::string(sealed);
    }
};

}  // namespace treasurer::simulation
