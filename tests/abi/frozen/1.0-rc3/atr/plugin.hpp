/// What every plugin needs, whatever its kind: strings across the border, the host's services, the call's context, the
/// guard that turns exceptions into outcomes, and ATR_PLUGIN, which defines the one exported symbol.
///
/// A kind's header (storage.hpp, cache.hpp, rail.hpp, parser.hpp) adds a base class to derive from. A plugin is then
///
///     class Book final : public atr::Rail {
///     public:
///         using Settings = BookSettings;
///         static atr::Config<Settings> config();
///         static atr::Result<std::unique_ptr<Book>> create(const atr::Host&, std::string instance, Settings);
///         ... the kind's virtual functions ...
///     };
///     ATR_PLUGIN(atr::component<Book>({.id = "org.example.book", .title = "Example book", .version = "1.0.0"}))
#pragma once

#include <atr/config.hpp>
#include <atr/result.hpp>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atr {
inline namespace v1 {

inline std::string_view view(atr_str text) {
    return text.len ? std::string_view(text.ptr, text.len) : std::string_view();
}
inline std::string copy(atr_str text) {
    return std::string(view(text));
}
inline atr_str borrow(std::string_view text) {
    return {text.data(), text.size()};
}

/// The element after `element` in an array whose elements are `stride` bytes apart, as the writer of the array knows
/// them.
template <class T>
const T* at(const T* first, std::size_t index, std::size_t stride) {
    return reinterpret_cast<const T*>(reinterpret_cast<const char*>(first) + index * stride);
}
template <class T>
T* at(T* first, std::size_t index, std::size_t stride) {
    return reinterpret_cast<T*>(reinterpret_cast<char*>(first) + index * stride);
}

/// Appends to the caller's sink. False: its limit is reached, stop and return rejected.
inline bool append(atr_buf* sink, std::string_view bytes) {
    return sink == nullptr || bytes.empty() || sink->append(sink->ctx, bytes.data(), bytes.size()) == 0;
}

/// A sink that collects into a string, up to `limit` bytes. Hand `&buffer.sink()` to a call; it lives as long as this.
class Buffer {
public:
    explicit Buffer(std::size_t limit = std::size_t{16} << 20) : limit_(limit) {
        sink_ = {this, [](void* ctx, const void* from, std::size_t length) noexcept -> std::int32_t {
                     auto& self = *static_cast<Buffer*>(ctx);
                     if (length > self.limit_ - self.bytes.size()) return 1;
                     try {
                         self.bytes.append(static_cast<const char*>(from), length);
                     } catch (...) {
                         return 1;
                     }
                     return 0;
                 }};
    }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    atr_buf* sink() { return &sink_; }
    std::string bytes;

private:
    std::size_t limit_;
    atr_buf sink_{};
};

/// Copies `from` into `to`, cut at a character border so that UTF-8 stays whole.
template <std::size_t N>
void fill_text(char (&to)[N], std::string_view from) {
    std::size_t length = from.size() < N - 1 ? from.size() : N - 1;
    if (length < from.size())
        while (length > 0 && (static_cast<unsigned char>(from[length]) & 0xC0) == 0x80) --length;
    std::memcpy(to, from.data(), length);
    to[length] = '\0';
}

inline atr_outcome report(const Error& error, atr_error* out) {
    if (out) {
        out->code = error.code;
        out->retry_after_ms = error.retry_after_ms;
        fill_text(out->vendor_code, error.vendor_code);
        fill_text(out->message, error.message);
    }
    return static_cast<atr_outcome>(error.outcome);
}

inline atr_outcome limit_reached(atr_error* out) {
    return report(rejected(ATR_E_LIMIT, "the caller's sink is full"), out);
}

/// Runs a plugin function so that nothing is thrown across the border. `on_exception` is what an exception means:
/// unknown for a call with an effect, retry for one without, rejected where a repeat would only throw again.
template <class F>
atr_outcome guarded(Outcome on_exception, atr_error* out, F&& call) noexcept {
    try {
        return call();
    } catch (const std::exception& exception) {
        if (out) {
            out->code = ATR_E_INTERNAL;
            fill_text(out->message, exception.what());
        }
    } catch (...) {
        if (out) {
            out->code = ATR_E_INTERNAL;
            fill_text(out->message, "an exception of unknown type");
        }
    }
    return static_cast<atr_outcome>(on_exception);
}

enum class LogLevel : std::int32_t { trace = 0, debug = 1, info = 2, warn = 3, error = 4, fatal = 5 };

struct HttpRequest {
    std::string method = "GET";
    std::string url;  ///< absolute, http or https
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    std::uint32_t timeout_ms = 0;  ///< 0: until the call's deadline; never beyond it
};

/// A whole reply, whatever its status.
struct HttpReply {
    std::int32_t status = 0;
    std::string headers_json = {};  ///< [["Content-Type","application/json"],…]
    std::string body = {};
};

class Call;

/// The host's services, valid until destroy() returns. Threads: every method may be called from any thread.
class Host {
public:
    explicit Host(const atr_host* raw) : raw_(raw) {}

    void log(LogLevel level, std::string_view message, std::string_view fields_json = "{}") const {
        raw_->log(raw_->ctx, static_cast<std::int32_t>(level), borrow(message), borrow(fields_json));
    }
    std::int64_t now_unix_ms() const { return raw_->now_unix_ms(raw_->ctx); }

    /// The secret behind "secret://env/NAME" or "secret://file/PATH". Ask at the time of use, so that rotation works.
    Result<std::string> secret(std::string_view reference) const;

    /// Sends an HTTP request from the host, to a place that the operator allows this instance (`http_allow`). Blocks.
    /// Errors:  retry     proven unsent: it may be repeated
    ///          unknown   some of it was sent, and no whole reply came
    ///          rejected  malformed, or to a place that is not allowed: nothing was sent
    ///          unsupported  this host has no HTTP client
    Result<HttpReply> http(const Call& call, const HttpRequest& request) const;

    const atr_host* raw() const { return raw_; }

private:
    const atr_host* raw_;
};

/// Context of one call. Valid only during the call.
class Call {
public:
    explicit Call(const atr_call* raw) : raw_(raw) {}
    std::uint32_t attempt() const { return raw_->attempt; }
    std::int64_t now_unix_ms() const { return raw_->now_unix_ms; }
    std::int64_t deadline_unix_ms() const { return raw_->deadline_unix_ms; }
    std::string_view request_id() const { return view(raw_->request_id); }
    /// Poll from loops: true means the host no longer waits.
    const atr_call* raw() const { return raw_; }
    bool cancelled() const { return raw_->cancelled && raw_->cancelled(raw_) != 0; }

private:
    const atr_call* raw_;
};

struct ComponentInfo {
    std::string_view id;  ///< unique and stable, e.g. "org.example.book"
    std::string_view title;
    std::string_view version;
    std::string_view vendor = "";
    std::string_view license = "";
    bool serial = false;  ///< the host then serialises all calls to an instance
};

/// One plugin instance as the host holds it: the author's object and the host it talks to.
template <class Impl>
struct Instance {
    Host host;
    std::unique_ptr<Impl> impl;
};

namespace detail {

template <class Impl>
Impl& self_of(void* self) {
    return *static_cast<Instance<Impl>*>(self)->impl;
}

inline atr_outcome finish(const Result<>& result, atr_error* error) {
    return result ? static_cast<atr_outcome>(ATR_OK) : report(result.error(), error);
}

}  // namespace detail

/// Builds the component table of Impl. Strings of `info` must live for ever (literals do).
template <class Impl>
atr_component component(const ComponentInfo& info) {
    using Settings = typename Impl::Settings;
    using Self = Instance<Impl>;
    static const std::string schema = Impl::config().schema();
    atr_component out = {};
    out.struct_size = sizeof(atr_component);
    out.flags = info.serial ? static_cast<std::uint32_t>(ATR_PF_SERIAL) : 0u;
    out.id = borrow(info.id);
    out.kind = borrow(Impl::kind);
    out.title = borrow(info.title);
    out.version = borrow(info.version);
    out.vendor = borrow(info.vendor);
    out.license = borrow(info.license);
    out.config_schema_json = borrow(schema);
    out.create = [](const atr_host* host, atr_str name, atr_str config, void** self, atr_error* error) -> atr_outcome {
        return guarded(Outcome::rejected, error, [&]() -> atr_outcome {
            Result<Settings> settings = Impl::config().read(view(config));
            if (!settings) return report(settings.error(), error);
            Result<std::unique_ptr<Impl>> made = Impl::create(Host(host), copy(name), std::move(*settings));
            if (!made) return report(made.error(), error);
            *self = new Self{Host(host), std::move(*made)};
            return ATR_OK;
        });
    };
    out.destroy = [](void* self) { delete static_cast<Self*>(self); };
    out.get_interface = [](void* self, atr_str id) -> const void* {
        return Impl::template find_interface<Impl>(*static_cast<Self*>(self)->impl, view(id));
    };
    out.health = [](void* self, const atr_call* call, atr_buf* detail, atr_error* error) -> atr_outcome {
        return guarded(Outcome::retry, error, [&]() -> atr_outcome {
            auto& instance = *static_cast<Self*>(self);
            Result<std::string> result = instance.impl->health(Call(call));
            if (!result) return report(result.error(), error);
            return append(detail, *result) ? ATR_OK : ATR_REJECTED;
        });
    };
    return out;
}

inline Result<std::string> Host::secret(std::string_view reference) const {
    const auto* secrets = static_cast<const atr_secrets*>(raw_->get_service(raw_->ctx, borrow(ATR_SVC_SECRETS)));
    if (!secrets) return unsupported();
    Buffer out(64 << 10);
    atr_error error = {};
    error.struct_size = sizeof error;
    const Outcome outcome = to_outcome(secrets->get(raw_->ctx, borrow(reference), out.sink(), &error));
    if (outcome != Outcome::ok) return Error{.outcome = outcome, .code = error.code, .message = error.message};
    return std::move(out.bytes);
}

inline Result<HttpReply> Host::http(const Call& call, const HttpRequest& request) const {
    const auto* service = static_cast<const atr_http*>(raw_->get_service(raw_->ctx, borrow(ATR_SVC_HTTP)));
    if (!service) return unsupported();
    std::vector<atr_kv> headers;
    for (const auto& [name, value] : request.headers) headers.push_back({borrow(name), borrow(value)});
    atr_http_req wanted = {};
    wanted.struct_size = sizeof wanted;
    wanted.n_headers = static_cast<std::uint32_t>(headers.size());
    wanted.method = borrow(request.method);
    wanted.url = borrow(request.url);
    wanted.headers = headers.data();
    wanted.body = borrow(request.body);
    wanted.timeout_ms = request.timeout_ms;
    Buffer head(256 << 10), body(16 << 20);
    atr_http_rsp reply = {};
    reply.struct_size = sizeof reply;
    reply.headers_json = head.sink();
    reply.body = body.sink();
    atr_error error = {};
    error.struct_size = sizeof error;
    const Outcome outcome = to_outcome(service->send(raw_->ctx, call.raw(), &wanted, &reply, &error));
    if (outcome != Outcome::ok) return Error{.outcome = outcome, .code = error.code, .message = error.message};
    return HttpReply{reply.status, std::move(head.bytes), std::move(body.bytes)};
}

}  // namespace v1
}  // namespace atr

/// Defines the plugin's entry from one or more components. Use once, at namespace scope.
#define ATR_PLUGIN(...)                                                                                       \
    namespace {                                                                                               \
    const atr_component atr_plugin_components[] = {__VA_ARGS__};                                              \
    const atr_component* const* atr_plugin_component_pointers() {                                             \
        static const atr_component* pointers[sizeof atr_plugin_components / sizeof atr_plugin_components[0]]; \
        for (std::size_t i = 0; i < sizeof atr_plugin_components / sizeof atr_plugin_components[0]; ++i)      \
            pointers[i] = &atr_plugin_components[i];                                                          \
        return pointers;                                                                                      \
    }                                                                                                         \
    }                                                                                                         \
    extern "C" ATR_EXPORT const atr_plugin atr_plugin_entry_v1 = {                                            \
        sizeof(atr_plugin),                                                                                   \
        ATR_ABI_MAJOR,                                                                                        \
        ATR_ABI_MINOR,                                                                                        \
        0u,                                                                                                   \
        sizeof atr_plugin_components / sizeof atr_plugin_components[0],                                       \
        ATR_ABI_RC,                                                                                           \
        0u,                                                                                                   \
        atr_str{"atr-cpp 1.0 " __VERSION__, sizeof("atr-cpp 1.0 " __VERSION__) - 1},                          \
        atr_plugin_component_pointers()}
