/// What a plugin may ask of its host: log, clock, secrets, metrics, HTTP. One object an instance, so that every line
/// carries the instance's name. Threads: plugins call from any thread; sinks must bear that. Lifetime: kept until the
/// instance is destroyed; after close() every service is a no-op, so that a thread that never returned cannot reach
/// what the host has ended.
#pragma once

#include <atr/plugin.hpp>
#include <functional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/failure_log.hpp"
#include "ports/http_sender.hpp"
#include "runtime/clock.hpp"

namespace treasurer {

struct MetricSample {
    enum class Kind { counter, histogram, gauge };
    Kind kind;
    std::string_view instance;
    std::string_view name;
    double value;  ///< finite; of a gauge also NaN: not known any more
    std::string_view labels_json;
};

/// Where what plugins say goes. An empty function drops it; no secret function means no secrets.
struct HostSinks {
    std::function<void(atr::LogLevel, std::string_view instance, std::string_view message,
                       std::string_view fields_json)>
        log = {};
    std::function<void(const CallFailure&)> failed = {};
    std::function<atr::Result<std::string>(std::string_view reference)> secret = {};
    std::function<void(const MetricSample&)> metric = {};
    std::function<HttpReply(const HttpRequest&)> http = {};  ///< blocks; may outlive the host that gave it
    std::vector<std::string> http_allow = {};                ///< where an instance may go with it
    std::string host_version = "0";
};

class HostServices {
public:
    HostServices(std::string instance, const Clock& clock, HostSinks sinks);
    HostServices(const HostServices&) = delete;
    HostServices& operator=(const HostServices&) = delete;

    const atr_host* raw() const { return &raw_; }
    const std::string& instance() const { return instance_; }
    void log(atr::LogLevel level, std::string_view message, std::string_view fields_json = "{}") const noexcept;
    void failed(const CallFailure& failure) const noexcept;
    void close();

private:
    static void on_log(void* ctx, std::int32_t level, atr_str message, atr_str fields);
    static std::int64_t on_now(void* ctx);
    static const void* on_service(void* ctx, atr_str id);
    static atr_outcome on_http(void* ctx, const atr_call* call, const atr_http_req* request, atr_http_rsp* response,
                               atr_error* error);
    atr_outcome http(const atr_call* call, const atr_http_req* request, atr_http_rsp* response, atr_error* error) const;
    static atr_outcome on_secret(void* ctx, atr_str reference, atr_buf* out, atr_error* error);
    template <MetricSample::Kind kind>
    static void on_metric(void* ctx, atr_str name, double value, atr_str labels);
    void metric(MetricSample::Kind kind, atr_str name, double value, atr_str labels) const noexcept;

    const std::string instance_;
    const Clock& clock_;
    HostSinks sinks_;
    mutable std::shared_mutex mutex_;
    bool closed_ = false;
    UnixMillis last_now_ = 0;
    atr_host raw_{};
};

}  // namespace treasurer
