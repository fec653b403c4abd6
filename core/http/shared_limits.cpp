#include "http/shared_limits.hpp"

#include <algorithm>

namespace treasurer::http {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr Millis counter_lives{150'000};      ///< its own minute and the next, wherever in it it began
constexpr std::int64_t most = 1'000'000'000;  ///< of a counter: beyond it the cache is not to be believed

/// Text for any cache: what is not printable is written as its bytes.
std::string name_of(const RateLimiter::Use& use) {
    constexpr const char* digits = "0123456789abcdef";
    std::string out(use.kind);
    out += ':';
    for (const char c : use.key) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_plain = byte > ' ' && byte < 0x7f && c != '%';
        if (is_plain)
            out += c;
        else
            out.append("%").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    }
    return out;
}

}  // namespace

Task<> SharedLimits::run() {
    while (!stopping_) {
        Task<> reporting = round();
        co_await reporting;
        if (stopping_) co_return;
        Task<> waiting = pause_.wait(settings_.interval);
        co_await waiting;
    }
}

Task<> SharedLimits::round() {
    turn_to(clock_.unix_ms() / minute_ms);
    const std::vector<RateLimiter::Use> uses = limiter_.used(settings_.keys_a_round);
    for (const auto& use : uses) {
        if (stopping_) co_return;
        Task<atr::Result<>> sharing = share(use);
        const atr::Result<> shared = co_await sharing;
        if (shared) continue;
        ++failures_;
        if (shared.outcome() != atr::Outcome::rejected) co_return;  // it is away: the next would wait for it as well
    }
}

Task<atr::Result<>> SharedLimits::share(RateLimiter::Use use) {
    const std::string name = name_of(use);
    std::int64_t others = 0;
    if (!known_.contains(name)) {
        if (known_.size() >= settings_.max_heard) co_return atr::Result<>();
        Task<atr::Result<std::int64_t>> asking = add(name, minute_ - 1, 0);
        const atr::Result<std::int64_t> before = co_await asking;
        if (!before) co_return before.error();
        others = unheard_before(name, *before);
    }
    Task<atr::Result<std::int64_t>> adding = add(name, minute_, use.taken);
    const atr::Result<std::int64_t> total = co_await adding;
    auto& known = known_[name];
    take_out(use, others);
    if (!total) {
        known += use.taken;  // it may have been counted all the same, and is nobody else's
        co_return total.error();
    }
    take_out(use, *total - known - use.taken);
    known = *total;
    co_return atr::Result<>();
}

Task<atr::Result<std::int64_t>> SharedLimits::add(std::string name, std::int64_t minute, std::int64_t count) {
    CallOptions options;
    options.timeout = settings_.timeout;
    std::string key = "rate:" + std::to_string(minute) + ':' + name;
    Task<atr::Result<atr::CacheCounter>> adding = cache_.incr(std::move(key), count, counter_lives, options);
    const atr::Result<atr::CacheCounter> total = co_await adding;
    if (!total) co_return total.error();
    co_return std::clamp<std::int64_t>(total->value, 0, most);
}

void SharedLimits::turn_to(std::int64_t minute) {
    if (minute == minute_) return;
    before_ = minute == minute_ + 1 ? std::move(known_) : Counters();
    known_.clear();
    minute_ = minute;
}

/// Of the minute before, what others let pass after this host last heard, or else the part that is not a minute ago.
std::int64_t SharedLimits::unheard_before(const std::string& name, std::int64_t total) const {
    if (const auto known = before_.find(name); known != before_.end()) return total - known->second;
    return total * (minute_ms - clock_.unix_ms() % minute_ms) / minute_ms;
}

/// Less than nothing is a counter that the cache has forgotten and begun anew: then nothing can be told.
void SharedLimits::take_out(const RateLimiter::Use& use, std::int64_t others) {
    if (others <= 0) return;
    limiter_.taken_elsewhere(use, others);
    heard_ += static_cast<std::uint64_t>(others);
}

}  // namespace treasurer::http
