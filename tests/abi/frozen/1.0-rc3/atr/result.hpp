/// Outcomes and Result<T>: how every call across the plugin border, and most inside the host, says what happened.
/// Errors are values; nothing here throws except value() on an error, which is a programming mistake.
#pragma once

#include <atr/atr.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace atr {
inline namespace v1 {

/// The closed set of atr.h. Only `ok` means done; after `unknown` the only legal next steps are the same key or lookup.
enum class Outcome : std::int32_t {
    ok = ATR_OK,
    not_found = ATR_NOT_FOUND,
    conflict = ATR_CONFLICT,
    rejected = ATR_REJECTED,
    retry = ATR_RETRY,
    unknown = ATR_UNKNOWN,
    unsupported = ATR_UNSUPPORTED,
};

/// Reads a raw outcome; a value outside the closed set is `unknown`.
constexpr Outcome to_outcome(atr_outcome raw) {
    return raw >= ATR_OK && raw <= ATR_UNSUPPORTED ? static_cast<Outcome>(raw) : Outcome::unknown;
}

constexpr std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::ok:
            return "ok";
        case Outcome::not_found:
            return "not_found";
        case Outcome::conflict:
            return "conflict";
        case Outcome::rejected:
            return "rejected";
        case Outcome::retry:
            return "retry";
        case Outcome::unknown:
            return "unknown";
        case Outcome::unsupported:
            return "unsupported";
    }
    return "unknown";
}

/// Why a call did not end in `ok`. `message` is for operators: never a secret, never payee details.
struct Error {
    Outcome outcome = Outcome::unknown;
    std::int32_t code = ATR_E_UNSPEC;  ///< open set ATR_E_*
    std::string message = {};
    std::string vendor_code = {};      ///< e.g. SQLSTATE
    std::int32_t retry_after_ms = -1;  ///< below zero: no hint
};

inline Error rejected(std::int32_t code, std::string message) {
    return {.outcome = Outcome::rejected, .code = code, .message = std::move(message)};
}
inline Error retry(std::int32_t code, std::string message) {
    return {.outcome = Outcome::retry, .code = code, .message = std::move(message)};
}
inline Error unknown(std::int32_t code, std::string message) {
    return {.outcome = Outcome::unknown, .code = code, .message = std::move(message)};
}
inline Error conflict(std::int32_t code, std::string message) {
    return {.outcome = Outcome::conflict, .code = code, .message = std::move(message)};
}
inline Error not_found(std::string message) {
    return {.outcome = Outcome::not_found, .message = std::move(message)};
}
inline Error unsupported() {
    return {.outcome = Outcome::unsupported, .message = "not implemented by this plugin"};
}

struct Unit {};

/// A value or an Error, with std::expected's member names.
template <class T = Unit>
class [[nodiscard]] Result {
public:
    using value_type = T;

    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
    Result() requires std::is_same_v<T, Unit> : state_(std::in_place_index<0>) {}

    bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    T& value() & { return checked(), std::get<0>(state_); }
    const T& value() const& { return checked(), std::get<0>(state_); }
    T&& value() && { return checked(), std::get<0>(std::move(state_)); }
    T& operator*() & { return *std::get_if<0>(&state_); }
    const T& operator*() const& { return *std::get_if<0>(&state_); }
    T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
    T* operator->() { return std::get_if<0>(&state_); }
    const T* operator->() const { return std::get_if<0>(&state_); }
    T value_or(T fallback) const& { return has_value() ? **this : std::move(fallback); }

    Error& error() { return std::get<1>(state_); }
    const Error& error() const { return std::get<1>(state_); }
    Outcome outcome() const { return has_value() ? Outcome::ok : error().outcome; }

private:
    void checked() const {
        if (!has_value()) throw std::logic_error("value() of a failed result: " + error().message);
    }
    std::variant<T, Error> state_;
};

}  // namespace v1
}  // namespace atr
