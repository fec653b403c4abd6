#include "cache/client.hpp"

#include <atr/abi_sizes.hpp>

namespace atr::testkit {

CacheClient::CacheClient(Context& context)
    : instance_(context),
      table_(instance_.table<atr_cache>(ATR_IF_CACHE, offsetof(atr_cache, touch))),
      prefix_(context.unique + ":") {
    fill_slot(table_.touch);
}

atr::Result<atr::CacheEntry> CacheClient::get(const std::string& key) {
    const std::string full = name(key);
    Collector out(instance_.border());
    std::int64_t ttl = -1;
    const Answer answer = instance_.call("get", [&](const atr_call* call, atr_error* error) {
        return table_.get(instance_.self(), call, atr::borrow(full), out.sink(), &ttl, error);
    });
    need_supported(answer, "get");
    if (answer.outcome != atr::Outcome::ok) return answer;
    return atr::CacheEntry{std::move(out.bytes), ttl};
}

Answer CacheClient::set(const std::string& key, const std::string& value, std::int64_t ttl_ms, std::uint64_t version,
                        std::uint32_t flags) {
    const std::string full = name(key);
    const Answer answer = instance_.call("set", [&](const atr_call* call, atr_error* error) {
        return table_.set(instance_.self(), call, atr::borrow(full), atr::borrow(value), version, ttl_ms, flags, error);
    });
    need_supported(answer, "set");
    return answer;
}

Answer CacheClient::del(const std::vector<std::string>& keys) {
    std::vector<std::string> full;
    std::vector<atr_str> raw;
    for (const auto& key : keys) full.push_back(name(key));
    for (const auto& key : full) raw.push_back(atr::borrow(key));
    const Answer answer = instance_.call("del", [&](const atr_call* call, atr_error* error) {
        return table_.del(instance_.self(), call, raw.data(), static_cast<std::uint32_t>(raw.size()), error);
    });
    need_supported(answer, "del");
    return answer;
}

atr::Result<atr::CacheCounter> CacheClient::incr(const std::string& key, std::int64_t by, std::int64_t ttl_ms) {
    const std::string full = name(key);
    atr::CacheCounter out;
    const Answer answer = instance_.call("incr", [&](const atr_call* call, atr_error* error) {
        return table_.incr(instance_.self(), call, atr::borrow(full), by, ttl_ms, &out.value, &out.ttl_ms_left, error);
    });
    need_supported(answer, "incr");
    if (answer.outcome != atr::Outcome::ok) return answer;
    return out;
}

Answer CacheClient::touch(const std::string& key, std::int64_t ttl_ms) {
    const std::string full = name(key);
    const Answer answer = instance_.call("touch", [&](const atr_call* call, atr_error* error) {
        return table_.touch(instance_.self(), call, atr::borrow(full), ttl_ms, error);
    });
    skip_unless_supported(answer, "touch");
    return answer;
}

std::optional<std::string> CacheClient::value(const std::string& key) {
    auto found = get(key);
    if (found) return std::move(found->value);
    need_outcome(found.error(), atr::Outcome::not_found, "get of what is not there");
    return std::nullopt;
}

void CacheClient::need_gone(const std::string& key, const std::string& what) {
    expect(eventually([&] { return !value(key).has_value(); }, std::chrono::seconds(5)),
           what + ": gone once its time to live is over", "still there after 5 s");
}

Listener::Listener(std::function<void()> on_message) : on_message_(std::move(on_message)) {
    sink_ = {sizeof sink_, 0, this,
             [](void* ctx, atr_str, atr_str payload) noexcept {
                 auto& self = *static_cast<Listener*>(ctx);
                 if (self.on_message_) self.on_message_();
                 const std::lock_guard lock(self.mutex_);
                 self.heard_.push_back(atr::copy(payload));
                 self.changed_.notify_all();
             },
             [](void* ctx, atr_str) noexcept {
                 auto& self = *static_cast<Listener*>(ctx);
                 const std::lock_guard lock(self.mutex_);
                 ++self.gaps_;
                 self.changed_.notify_all();
             }};
}

std::vector<std::string> Listener::heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
}

int Listener::gaps() const {
    const std::lock_guard lock(mutex_);
    return gaps_;
}

bool Listener::wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(15), [&] { return gaps_ > 0 || heard_.size() >= count; });
}

BusClient::BusClient(Instance& instance, std::string prefix) : instance_(instance), prefix_(std::move(prefix)) {
    if (instance.find_interface(ATR_IF_CACHE_BUS) == nullptr) throw Undeclared{ATR_IF_CACHE_BUS};
    table_ = instance.table<atr_cache_bus>(ATR_IF_CACHE_BUS, atr::SizeIn10<atr_cache_bus>::value);
}

Answer BusClient::publish(const std::string& channel, const std::string& payload) {
    const std::string full = prefix_ + channel;
    return instance_.call("publish", [&](const atr_call* call, atr_error* error) {
        return table_.publish(instance_.self(), call, atr::borrow(full), atr::borrow(payload), error);
    });
}

std::uint64_t BusClient::subscribe(const std::string& channel, const Listener& listener) {
    const std::string full = prefix_ + channel;
    std::uint64_t out = 0;
    need_ok(instance_.call("subscribe",
                           [&](const atr_call* call, atr_error* error) {
                               return table_.subscribe(instance_.self(), call, atr::borrow(full), listener.sink(), &out,
                                                       error);
                           }),
            "subscribe");
    return out;
}

void BusClient::unsubscribe(std::uint64_t subscription) {
    instance_.context().note.write("unsubscribe");
    table_.unsubscribe(instance_.self(), subscription);
}

}  // namespace atr::testkit
