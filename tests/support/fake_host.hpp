/// A host for tests of plugins: a clock that stands still until moved, secrets from a map, and the log kept in memory.
/// Threads: all methods may be called concurrently; `secrets` is filled before the plugin is made.
/// Lifetime: outlives every plugin instance it was given to.
#pragma once

#include <atomic>
#include <atr/plugin.hpp>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace support {

class FakeHost {
public:
    FakeHost() {
        secrets_table_.struct_size = sizeof secrets_table_;
        secrets_table_.get = [](void* ctx, atr_str ref, atr_buf* out, atr_error* error) -> atr_outcome {
            auto& self = *static_cast<FakeHost*>(ctx);
            const auto found = self.secrets.find(atr::copy(ref));
            if (found == self.secrets.end()) return atr::report(atr::not_found("no such secret"), error);
            return atr::append(out, found->second) ? ATR_OK : atr::limit_reached(error);
        };
        raw_.struct_size = sizeof raw_;
        raw_.abi_major = ATR_ABI_MAJOR;
        raw_.abi_minor = ATR_ABI_MINOR;
        raw_.ctx = this;
        raw_.host_version = atr::borrow("test");
        raw_.log = [](void* ctx, std::int32_t, atr_str message, atr_str) {
            auto& self = *static_cast<FakeHost*>(ctx);
            const std::lock_guard lock(self.mutex_);
            self.log_.push_back(atr::copy(message));
        };
        raw_.now_unix_ms = [](void* ctx) -> std::int64_t {
            auto& self = *static_cast<FakeHost*>(ctx);
            const std::int64_t now = self.now_unix_ms;
            ++self.clock_reads;
            return now;
        };
        raw_.get_service = [](void* ctx, atr_str id) -> const void* {
            return atr::view(id) == ATR_SVC_SECRETS ? &static_cast<FakeHost*>(ctx)->secrets_table_ : nullptr;
        };
    }
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;

    const atr_host* raw() const { return &raw_; }
    atr::Host host() const { return atr::Host(&raw_); }
    std::vector<std::string> log() const {
        const std::lock_guard lock(mutex_);
        return log_;
    }

    std::atomic<std::int64_t> now_unix_ms{1'700'000'000'000};
    std::atomic<std::uint64_t> clock_reads{0};
    std::map<std::string, std::string> secrets;

private:
    mutable std::mutex mutex_;
    std::vector<std::string> log_;
    atr_secrets secrets_table_{};
    atr_host raw_{};
};

/// The raw context of one call at `now_unix_ms` that may take `budget_ms`. Wrap it: `atr::Call(&raw)`.
inline atr_call make_call(std::int64_t now_unix_ms = 1'700'000'000'000, std::int64_t budget_ms = 30'000) {
    atr_call call = {};
    call.struct_size = sizeof call;
    call.attempt = 1;
    call.now_unix_ms = now_unix_ms;
    call.deadline_unix_ms = now_unix_ms + budget_ms;
    call.request_id = atr::borrow("test");
    return call;
}

}  // namespace support
