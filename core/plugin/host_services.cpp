#include "plugin/host_services.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <nlohmann/json.hpp>

#include "plugin/border.hpp"

namespace treasurer {

namespace {

constexpr std::size_t max_message = 8 << 10;

HostServices& self(void* ctx) {
    return *static_cast<HostServices*>(ctx);
}

std::string_view json_object_or_empty(atr_str from) {
    const auto text = border::text(from, border::max_text);
    if (!text || text->empty() || !nlohmann::json::accept(*text)) return "{}";
    return *text;
}

}  // namespace

HostServices::HostServices(std::string instance, const Clock& clock, HostSinks sinks)
    : instance_(std::move(instance)), clock_(clock), sinks_(std::move(sinks)) {
    raw_.struct_size = sizeof raw_;
    raw_.abi_major = ATR_ABI_MAJOR;
    raw_.abi_minor = ATR_ABI_MINOR;
    raw_.ctx = this;
    raw_.host_version = atr::borrow(sinks_.host_version);
    raw_.log = &on_log;
    raw_.now_unix_ms = &on_now;
    raw_.get_service = &on_service;
}

void HostServices::log(atr::LogLevel level, std::string_view message, std::string_view fields_json) const noexcept {
    try {
        const std::shared_lock lock(mutex_);
        if (!closed_ && sinks_.log) sinks_.log(level, instance_, message, fields_json);
    } catch (...) {  // a line that cannot be written must not stop the call it tells of
        return;
    }
}

void HostServices::failed(const CallFailure& failure) const noexcept {
    try {
        const std::shared_lock lock(mutex_);
        if (!closed_ && sinks_.failed) sinks_.failed(failure);
    } catch (...) {  // as above
        return;
    }
}

void HostServices::close() {
    const std::unique_lock lock(mutex_);
    if (closed_) return;
    last_now_ = clock_.unix_ms();
    closed_ = true;
}

void HostServices::on_log(void* ctx, std::int32_t level, atr_str message, atr_str fields) {
    const atr_str cut{message.ptr, std::min(message.len, max_message)};
    const auto text = border::bounded(cut, max_message);
    if (!text) return;
    const auto known = static_cast<atr::LogLevel>(std::clamp<std::int32_t>(level, 0, 5));
    self(ctx).log(known, border::is_utf8(*text) ? *text : std::string_view("(a line that is not UTF-8)"),
                  json_object_or_empty(fields));
}

std::int64_t HostServices::on_now(void* ctx) {
    const HostServices& host = self(ctx);
    const std::shared_lock lock(host.mutex_);
    return host.closed_ ? host.last_now_ : host.clock_.unix_ms();
}

atr_outcome HostServices::on_secret(void* ctx, atr_str reference, atr_buf* out, atr_error* error) {
    return atr::guarded(atr::Outcome::retry, error, [&]() -> atr_outcome {
        const HostServices& host = self(ctx);
        const auto text = border::text(reference, border::max_text);
        if (!text) return atr::report(atr::rejected(ATR_E_BAD_INPUT, "not a secret reference"), error);
        const std::shared_lock lock(host.mutex_);
        if (host.closed_ || !host.sinks_.secret) return atr::report(atr::unsupported(), error);
        const auto secret = host.sinks_.secret(*text);
        if (!secret) return atr::report(secret.error(), error);
        return atr::append(out, *secret) ? ATR_OK : atr::limit_reached(error);
    });
}

void HostServices::metric(MetricSample::Kind kind, atr_str name, double value, atr_str labels) const noexcept {
    const auto text = border::text(name, border::max_name);
    if (!text || text->empty() || !std::isfinite(value)) return;
    try {
        const std::shared_lock lock(mutex_);
        if (closed_ || !sinks_.metric) return;
        sinks_.metric({kind, instance_, *text, value, json_object_or_empty(labels)});
    } catch (...) {  // a lost sample is no reason to disturb the plugin
        return;
    }
}

template <MetricSample::Kind kind>
void HostServices::on_metric(void* ctx, atr_str name, double value, atr_str labels) {
    self(ctx).metric(kind, name, value, labels);
}

const void* HostServices::on_service(void*, atr_str id) {
    static constexpr atr_metrics metrics = {sizeof(atr_metrics), 0, &on_metric<MetricSample::Kind::counter>,
                                            &on_metric<MetricSample::Kind::histogram>,
                                            &on_metric<MetricSample::Kind::gauge>};
    static constexpr atr_secrets secrets = {sizeof(atr_secrets), 0, &on_secret};
    const auto wanted = border::bounded(id, border::max_name).value_or(std::string_view());
    if (wanted == ATR_SVC_METRICS) return &metrics;
    if (wanted == ATR_SVC_SECRETS) return &secrets;
    return nullptr;
}

}  // namespace treasurer
