#include "null_cache.hpp"

namespace null_cache {

atr::Result<> NullCache::touch(const atr::Call&, std::string_view, std::int64_t) {
    return {};
}

std::unique_ptr<atr::Cache> make_null_cache() {
    return std::make_unique<NullCache>();
}

}  // namespace null_cache
