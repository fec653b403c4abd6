/// A host for tests of what plugins tell it: lines of the log with their fields, and gauges.
/// Threads: all methods may be called concurrently. Lifetime: outlives every plugin instance it was given to.
#pragma once

#include <algorithm>
#include <atr/plugin.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace support {

class ListeningHost {
public:
    struct Line {
        atr::LogLevel level;
        std::string message;
        nlohmann::json fields;
    };

    ListeningHost() {
        metrics_.struct_size = sizeof metrics_;
        metrics_.counter_add = metrics_.histogram = [](void*, atr_str, double, atr_str) {};
        secrets_.struct_size = sizeof secrets_;
        secrets_.get = [](void* ctx, atr_str, atr_buf* out, atr_error* error) -> atr_outcome {
            return atr::append(out, self(ctx).secret) ? ATR_OK : atr::limit_reached(error);
        };
        metrics_.gauge_set = [](void* ctx, atr_str name, double value, atr_str) {
            self(ctx).hear([&](ListeningHost& host) { host.gauges_[atr::copy(name)] = value; });
        };
        raw_.struct_size = sizeof raw_;
        raw_.abi_major = ATR_ABI_MAJOR;
        raw_.abi_minor = ATR_ABI_MINOR;
        raw_.ctx = this;
        raw_.host_version = atr::borrow("test");
        raw_.log = [](void* ctx, std::int32_t level, atr_str message, atr_str fields) {
            Line line{static_cast<atr::LogLevel>(level), atr::copy(message), nlohmann::json::parse(atr::view(fields))};
            self(ctx).hear([&](ListeningHost& host) { host.lines_.push_back(std::move(line)); });
        };
        raw_.now_unix_ms = [](void*) -> std::int64_t { return 1'700'000'000'000; };
        raw_.get_service = [](void* ctx, atr_str id) -> const void* {
            if (atr::view(id) == ATR_SVC_METRICS) return &self(ctx).metrics_;
            return atr::view(id) == ATR_SVC_SECRETS ? &self(ctx).secrets_ : nullptr;
        };
    }
    ListeningHost(const ListeningHost&) = delete;
    ListeningHost& operator=(const ListeningHost&) = delete;

    atr::Host host() const { return atr::Host(&raw_); }
    std::vector<Line> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }
    /// Until the gauge has been told and is as wanted; false: not within a minute. Gauges are told one by one.
    bool wait_for_gauge(const std::string& name, const std::function<bool(double)>& wanted) const {
        std::unique_lock lock(mutex_);
        return heard_.wait_for(lock, std::chrono::minutes(1), [&] {
            const auto told = gauges_.find(name);
            return told != gauges_.end() && wanted(told->second);
        });
    }
    /// Until a line is there; false: not within a minute.
    bool wait_for_line(const std::function<bool(const Line&)>& wanted) const {
        std::unique_lock lock(mutex_);
        return heard_.wait_for(lock, std::chrono::minutes(1),
                               [&] { return std::any_of(lines_.begin(), lines_.end(), wanted); });
    }

    std::string secret;  ///< the answer to every reference; set before the plugin is made

private:
    static ListeningHost& self(void* ctx) { return *static_cast<ListeningHost*>(ctx); }
    template <class Change>
    void hear(Change change) {
        {
            const std::lock_guard lock(mutex_);
            change(*this);
        }
        heard_.notify_all();
    }

    mutable std::mutex mutex_;
    mutable std::condition_variable heard_;
    std::vector<Line> lines_;
    std::map<std::string, double> gauges_;
    atr_metrics metrics_{};
    atr_secrets secrets_{};
    atr_host raw_{};
};

}  // namespace support
