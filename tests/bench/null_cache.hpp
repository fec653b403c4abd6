/// A cache that does nothing: what a call costs by itself.
#pragma once

#include <atr/cache.hpp>
#include <memory>

namespace null_cache {

struct NoSettings {};

class NullCache final : public atr::Cache {
public:
    using Settings = NoSettings;
    static atr::Config<Settings> config() { return {}; }
    static atr::Result<std::unique_ptr<NullCache>> create(const atr::Host&, std::string, Settings) {
        return std::make_unique<NullCache>();
    }
    atr::Result<atr::CacheEntry> get(const atr::Call&, std::string_view) override {
        return atr::not_found("nothing is kept");
    }
    atr::Result<> set(const atr::Call&, std::string_view, std::string_view, std::uint64_t, std::int64_t,
                      std::uint32_t) override {
        return {};
    }
    atr::Result<> del(const atr::Call&, const std::vector<std::string_view>&) override { return {}; }
    atr::Result<atr::CacheCounter> incr(const atr::Call&, std::string_view, std::int64_t, std::int64_t) override {
        return atr::CacheCounter{};
    }
    atr::Result<> touch(const atr::Call&, std::string_view, std::int64_t) override;
};

/// The same class as a plain C++ object; made elsewhere, so that a compiler cannot see through the call.
std::unique_ptr<atr::Cache> make_null_cache();

}  // namespace null_cache
