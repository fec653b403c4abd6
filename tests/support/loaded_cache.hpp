/// A cache plugin as a host holds it: its .so is opened, and everything goes through the C table.
/// Threads: the cache's own calls from any.
#pragma once

#include <dlfcn.h>

#include <atr/cache.hpp>
#include <stdexcept>

#include "tests/support/fake_host.hpp"

namespace support {

class LoadedCache {
public:
    LoadedCache(const std::string& path, const std::string& config) {
        void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (!library) throw std::runtime_error(::dlerror());
        const auto* const entry = static_cast<const atr_plugin*>(::dlsym(library, "atr_plugin_entry_v1"));
        if (!entry) throw std::runtime_error(path + " is no plugin");
        component_ = entry->components[0];
        atr_error error = {};
        if (component_->create(host.raw(), atr::borrow("cache"), atr::borrow(config), &self_, &error) != ATR_OK)
            throw std::runtime_error(error.message);
        cache_ = static_cast<const atr_cache*>(component_->get_interface(self_, atr::borrow(ATR_IF_CACHE)));
        bus_ = static_cast<const atr_cache_bus*>(component_->get_interface(self_, atr::borrow(ATR_IF_CACHE_BUS)));
    }
    ~LoadedCache() { component_->destroy(self_); }
    LoadedCache(const LoadedCache&) = delete;
    LoadedCache& operator=(const LoadedCache&) = delete;

    atr::Result<atr::CacheEntry> get(const atr_call& call, std::string_view key) {
        atr::Buffer out;
        std::int64_t ttl = 0;
        atr_error error = {};
        const auto outcome = cache_->get(self_, &call, atr::borrow(key), out.sink(), &ttl, &error);
        if (outcome != ATR_OK) return error_of(outcome, error);
        return atr::CacheEntry{std::move(out.bytes), ttl};
    }
    atr::Result<> set(const atr_call& call, std::string_view key, std::string_view value, std::uint64_t version,
                      std::int64_t ttl_ms, std::uint32_t flags) {
        atr_error error = {};
        return result(cache_->set(self_, &call, atr::borrow(key), atr::borrow(value), version, ttl_ms, flags, &error),
                      error);
    }
    atr::Result<> del(const atr_call& call, const std::vector<std::string_view>& keys) {
        std::vector<atr_str> raw;
        for (const auto key : keys) raw.push_back(atr::borrow(key));
        atr_error error = {};
        return result(cache_->del(self_, &call, raw.data(), static_cast<std::uint32_t>(raw.size()), &error), error);
    }
    atr::Result<atr::CacheCounter> incr(const atr_call& call, std::string_view key, std::int64_t by,
                                        std::int64_t ttl_ms) {
        atr::CacheCounter out;
        atr_error error = {};
        const auto outcome =
            cache_->incr(self_, &call, atr::borrow(key), by, ttl_ms, &out.value, &out.ttl_ms_left, &error);
        if (outcome != ATR_OK) return error_of(outcome, error);
        return out;
    }
    atr::Result<> touch(const atr_call& call, std::string_view key, std::int64_t ttl_ms) {
        atr_error error = {};
        return result(cache_->touch(self_, &call, atr::borrow(key), ttl_ms, &error), error);
    }
    atr::Result<std::string> health(const atr_call& call) {
        atr::Buffer out;
        atr_error error = {};
        const auto outcome = component_->health(self_, &call, out.sink(), &error);
        if (outcome != ATR_OK) return error_of(outcome, error);
        return std::move(out.bytes);
    }
    atr::Result<> publish(const atr_call& call, std::string_view channel, std::string_view payload) {
        atr_error error = {};
        return result(bus_->publish(self_, &call, atr::borrow(channel), atr::borrow(payload), &error), error);
    }
    atr::Result<std::uint64_t> subscribe(const atr_call& call, std::string_view channel, const atr_bus_sink* sink) {
        std::uint64_t id = 0;
        atr_error error = {};
        const auto outcome = bus_->subscribe(self_, &call, atr::borrow(channel), sink, &id, &error);
        if (outcome != ATR_OK) return error_of(outcome, error);
        return id;
    }
    void unsubscribe(std::uint64_t id) { bus_->unsubscribe(self_, id); }

    FakeHost host;

private:
    static atr::Error error_of(atr_outcome outcome, const atr_error& error) {
        return {.outcome = atr::to_outcome(outcome), .code = error.code, .message = error.message};
    }
    static atr::Result<> result(atr_outcome outcome, const atr_error& error) {
        if (outcome != ATR_OK) return error_of(outcome, error);
        return {};
    }

    const atr_component* component_ = nullptr;
    void* self_ = nullptr;
    const atr_cache* cache_ = nullptr;
    const atr_cache_bus* bus_ = nullptr;
};

}  // namespace support
