#include "plugin/host_services.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "plugin/border.hpp"

namespace treasurer {

namespace {

constexpr std::size_t max_message = 8 << 10;
constexpr std::uint32_t most_headers = 100;
constexpr std::size_t max_http_body = 16 << 20;

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

namespace {

/// The request as the plugin gave it; nullopt: malformed.
std::optional<HttpRequest> read_request(const atr_http_req* from) {
    if (!border::is_whole(from) || from->n_headers > most_headers || (from->n_headers > 0 && !from->headers))
        return std::nullopt;
    HttpRequest out;
    const auto method = border::text(from->method, border::max_name), url = border::text(from->url, border::max_text);
    const auto body = border::bounded(from->body, max_http_body);
    if (!method || !url || !body) return std::nullopt;
    out.method = method->empty() ? "GET" : std::string(*method);
    out.url = *url;
    out.body = *body;
    for (std::uint32_t i = 0; i < from->n_headers; ++i) {
        const auto name = border::text(from->headers[i].key, border::max_name);
        const auto value = border::bounded(from->headers[i].value, border::max_text);
        if (!name || !value) return std::nullopt;
        out.headers.emplace_back(*name, *value);
    }
    if (from->timeout_ms > 0) out.timeout = Millis{from->timeout_ms};
    return out;
}

std::string headers_json(const HttpFields& headers) {
    auto out = nlohmann::json::array();
    for (const auto& [name, value] : headers) out.push_back({name, value});
    return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

atr_outcome HostServices::on_http(void* ctx, const atr_call* call, const atr_http_req* request, atr_http_rsp* response,
                                  atr_error* error) {
    // An exception leaves open whether anything was sent.
    return atr::guarded(atr::Outcome::unknown, error,
                        [&]() -> atr_outcome { return self(ctx).http(call, request, response, error); });
}

atr_outcome HostServices::http(const atr_call* call, const atr_http_req* request, atr_http_rsp* response,
                               atr_error* error) const {
    if (!border::is_whole(response))
        return atr::report(atr::rejected(ATR_E_BAD_INPUT, "there is no place for the reply"), error);
    response->phase = ATR_HTTP_NOT_SENT;
    response->status = 0;
    std::optional<HttpRequest> wanted = read_request(request);
    if (!wanted) return atr::report(atr::rejected(ATR_E_BAD_INPUT, "the HTTP request is malformed"), error);
    std::function<HttpReply(const HttpRequest&)> send;
    {
        const std::shared_lock lock(mutex_);
        if (closed_ || !sinks_.http) return atr::report(atr::unsupported(), error);
        if (call) wanted->timeout = std::min(wanted->timeout, Millis{call->deadline_unix_ms - clock_.unix_ms()});
        wanted->allowed = sinks_.http_allow;
        send = sinks_.http;
    }
    const HttpReply reply = send(*wanted);
    response->phase = static_cast<std::int32_t>(reply.phase);
    response->status = reply.status;
    switch (reply.phase) {
        case HttpPhase::not_sent:
            return atr::report(
                reply.is_refused ? atr::rejected(reply.code, reply.problem) : atr::retry(reply.code, reply.problem),
                error);
        case HttpPhase::sent_no_reply:
            return atr::report(atr::unknown(reply.code, reply.problem), error);
        case HttpPhase::replied:
            break;
    }
    const bool fits = (!response->headers_json || atr::append(response->headers_json, headers_json(reply.headers))) &&
                      (!response->body || atr::append(response->body, reply.body));
    if (!fits) return atr::report(atr::unknown(ATR_E_LIMIT, "the reply does not fit into the caller's sink"), error);
    return ATR_OK;
}

void HostServices::metric(MetricSample::Kind kind, atr_str name, double value, atr_str labels) const noexcept {
    const auto text = border::text(name, border::max_name);
    const bool is_withdrawn = kind == MetricSample::Kind::gauge && std::isnan(value);
    if (!text || text->empty() || (!std::isfinite(value) && !is_withdrawn)) return;
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
    static constexpr atr_http http = {sizeof(atr_http), 0, &on_http};
    const auto wanted = border::bounded(id, border::max_name).value_or(std::string_view());
    if (wanted == ATR_SVC_METRICS) return &metrics;
    if (wanted == ATR_SVC_SECRETS) return &secrets;
    if (wanted == ATR_SVC_HTTP) return &http;
    return nullptr;
}

}  // namespace treasurer
