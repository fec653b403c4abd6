#include "redis_cache.hpp"

#include <algorithm>
#include <atr/metrics.hpp>
#include <cmath>

#include "entry_format.hpp"
#include "errors.hpp"
#include "slots.hpp"
#include "used_memory.hpp"

namespace cache_redis {

namespace {

constexpr std::int64_t longest_ttl_ms = std::int64_t{10} * 365 * 86'400'000;  // Redis refuses what ends after its clock
constexpr std::size_t most_in_a_del = 1000;
constexpr std::size_t bookkeeping_bytes = 4096;  // around the values of an answer
constexpr std::string_view probed_key = "health";
constexpr std::int64_t probe_ttl_ms = 60'000;
constexpr Millis report_every{2000}, report_timeout{500};

atr::Error no_ttl() {
    return atr::rejected(ATR_E_BAD_INPUT, "a time to live is at least 1 ms");
}
atr::Error too_large() {
    return atr::rejected(ATR_E_TOO_LARGE, "key and value are larger than max_entry_bytes");
}
std::string ttl_text(std::int64_t ttl_ms) {
    return std::to_string(std::min(ttl_ms, longest_ttl_ms));
}

/// Of a refusal by the server's access rules, what is to be set there.
atr::Error with_advice(atr::Error error, std::string_view commands, const RedisSettings& settings) {
    if (error.code != ATR_E_PERMISSION) return error;
    error.message += " (by " + std::string(commands) + " of keys that begin with '" + settings.prefix +
                     "'): give user '" + (settings.username.empty() ? "default" : settings.username) + "' the keys ~" +
                     settings.prefix + "* and the commands that docs/operate.md names, by ACL SETUSER, or set prefix";
    return error;
}

std::size_t largest_reply(const RedisSettings& settings) {
    constexpr std::size_t slot_table = 4 << 20;
    return std::max(slot_table, static_cast<std::size_t>(settings.max_entry_bytes) + head_size + bookkeeping_bytes);
}

Login server_login(const RedisSettings& settings) {
    return {.username = settings.username,
            .password_secret = settings.password,
            .database = settings.database,
            .must_be_master = settings.mode == "sentinel"};
}
Login sentinel_login(const RedisSettings& settings) {
    return {.username = settings.sentinel_username, .password_secret = settings.sentinel_password};
}

}  // namespace

atr::Result<std::unique_ptr<RedisCache>> RedisCache::create(const atr::Host& host, std::string /*instance*/,
                                                            Settings settings) {
    if (const auto ok = check(settings); !ok) return ok.error();
    std::unique_ptr<TlsContext> tls;
    if (settings.tls) {
        auto made = TlsContext::create(settings);
        if (!made) return made.error();
        tls = std::move(*made);
    }
    auto made = std::make_unique<RedisCache>(host, std::move(settings), std::move(tls));
    made->report_to(host);
    return made;
}

RedisCache::RedisCache(const atr::Host& host, Settings settings, std::unique_ptr<TlsContext> tls)
    : settings_(std::move(settings)),
      tls_(std::move(tls)),
      to_servers_(host, tls_.get(), server_login(settings_), settings_.connect_timeout, largest_reply(settings_)),
      to_sentinels_(host, tls_.get(), sentinel_login(settings_), settings_.connect_timeout, largest_reply(settings_)),
      topology_(make_topology(settings_, to_servers_, to_sentinels_)),
      router_(settings_, *topology_, to_servers_),
      bus_(settings_, *topology_, to_servers_, router_) {}

void RedisCache::report_to(const atr::Host& host) {
    const atr::Metrics metrics(host);
    if (!metrics.are_wanted()) return;
    reporting_.emplace(report_every, [this, metrics] {
        const auto bytes =
            used_memory(router_, *topology_, settings_.mode == "cluster", Deadline::after(report_timeout));
        metrics.gauge("cache_memory_bytes", bytes ? static_cast<double>(*bytes) : std::nan(""));
    });
}

bool RedisCache::fits(std::string_view key, std::string_view value) const {
    const auto most = static_cast<std::size_t>(settings_.max_entry_bytes);
    return key.size() <= most && value.size() <= most - key.size();
}

/// PTTL stands before GET: what lived then, or was stored since, lives.
atr::Result<atr::CacheEntry> RedisCache::get(const atr::Call& call, std::string_view key) {
    if (!fits(key)) return atr::not_found("no key is as long as that");
    const std::string name = name_of(key);
    const auto replies = router_.run({.slot = slot_of(name), .commands = {{"PTTL", name}, {"GET", name}}}, Effect::none,
                                     Deadline::of(call));
    if (!replies) return replies.error();
    const Reply &left = (*replies)[0], &stored = (*replies)[1];
    if (left.is_error()) return error_of(left);
    if (stored.is_error()) return error_of(stored);
    if (stored.type == Reply::Type::nil) return atr::Error{.outcome = atr::Outcome::not_found};
    if (left.type != Reply::Type::integer || stored.type != Reply::Type::text) return unexpected("GET");
    const auto entry = read_entry(stored.text, left.integer);
    if (!entry) return atr::Error{.outcome = atr::Outcome::not_found};
    return atr::CacheEntry{std::string(entry->value), entry->ttl_ms_left};
}

atr::Result<> RedisCache::set(const atr::Call& call, std::string_view key, std::string_view value,
                              std::uint64_t version, std::int64_t ttl_ms, std::uint32_t flags) {
    if (ttl_ms < 1) return no_ttl();
    if (flags & ~static_cast<std::uint32_t>(ATR_SET_IF_ABSENT | ATR_SET_IF_NEWER))
        return atr::rejected(ATR_E_BAD_INPUT, "unknown flags");
    if (!fits(key, value)) {
        if (const auto deleted = fits(key) ? del(call, {key}) : atr::Result<>(); !deleted) return deleted;
        return too_large();
    }
    const std::string memory = std::to_string(settings_.version_memory.count()), ttl = ttl_text(ttl_ms);
    const std::string letters =
        std::string(flags & ATR_SET_IF_ABSENT ? "a" : "") + (flags & ATR_SET_IF_NEWER ? "n" : "");
    const std::string version_digits = version_text(version);
    const auto done =
        run_script(Scripts::all().set, key, {version_digits, ttl, memory, letters, value}, Deadline::of(call));
    if (!done) return done.error();
    if (done->integer == 1) return atr::conflict(ATR_E_UNSPEC, "the key is present");
    if (done->integer == 2) return atr::conflict(ATR_E_UNSPEC, "a version as new is known");
    return {};
}

atr::Result<> RedisCache::del(const atr::Call& call, const std::vector<std::string_view>& keys) {
    const Deadline deadline = Deadline::of(call);
    const std::string memory = std::to_string(settings_.version_memory.count());
    for (std::size_t from = 0; from < keys.size(); from += most_in_a_del) {
        std::vector<std::string> names;
        for (std::size_t i = from; i < std::min(keys.size(), from + most_in_a_del); ++i)
            if (fits(keys[i])) names.push_back(name_of(keys[i]));
        std::vector<Unit> units;
        for (const auto& name : names)
            units.push_back({.slot = slot_of(name), .commands = {{"1", name, memory}}, .script = &Scripts::all().del});
        for (const auto& answer : router_.run(units, Effect::some, deadline)) {
            if (!answer) return atr::Error(answer.error());
            if ((*answer)[0].is_error()) return error_of((*answer)[0]);
        }
    }
    return {};
}

atr::Result<atr::CacheCounter> RedisCache::incr(const atr::Call& call, std::string_view key, std::int64_t by,
                                                std::int64_t ttl_ms_on_create) {
    if (ttl_ms_on_create < 1) return no_ttl();
    if (!fits(key)) return too_large();
    const std::string step = std::to_string(by), ttl = ttl_text(ttl_ms_on_create),
                      memory = std::to_string(settings_.version_memory.count());
    const auto done = run_script(Scripts::all().incr, key, {step, ttl, memory}, Deadline::of(call));
    if (!done && done.error().message.find("overflow") != std::string::npos)
        return atr::rejected(ATR_E_LIMIT, "the counter would overflow");
    if (!done && done.error().message.find("not an integer") != std::string::npos)
        return atr::rejected(ATR_E_BAD_INPUT, "the value is not a counter");
    if (!done) return done.error();
    if (done->list.size() != 2 || !done->list[0].number() || !done->list[1].number()) return unexpected("incr");
    return atr::CacheCounter{*done->list[0].number(), *done->list[1].number()};
}

atr::Result<> RedisCache::touch(const atr::Call& call, std::string_view key, std::int64_t ttl_ms) {
    if (ttl_ms < 1) return no_ttl();
    if (!fits(key)) return atr::not_found("no key is as long as that");
    const std::string ttl = ttl_text(ttl_ms);
    const auto done = run_script(Scripts::all().touch, key, {ttl}, Deadline::of(call));
    if (!done) return done.error();
    if (done->integer == 0) return atr::Error{.outcome = atr::Outcome::not_found};
    return {};
}

atr::Result<Reply> RedisCache::run_script(const Script& script, std::string_view key, Words arguments,
                                          Deadline deadline) {
    const std::string name = name_of(key);
    Words words = {"1", name};
    words.insert(words.end(), arguments.begin(), arguments.end());
    auto replies = router_.run({.slot = slot_of(name), .commands = {words}, .script = &script}, Effect::some, deadline);
    if (!replies) return replies.error();
    if ((*replies)[0].is_error()) return error_of((*replies)[0]);
    return std::move((*replies)[0]);
}

/// Reads and writes as the others do, so that a server which answers, and refuses them, is told of.
atr::Result<> RedisCache::try_rights(const atr::Call& call) {
    const auto read = get(call, probed_key);
    if (!read && read.outcome() != atr::Outcome::not_found) return with_advice(read.error(), "PTTL and GET", settings_);
    const auto written = set(call, probed_key, "", 0, probe_ttl_ms, 0);
    if (!written) return with_advice(written.error(), "EVALSHA, with GETRANGE, PTTL and SET,", settings_);
    return {};
}

atr::Result<std::string> RedisCache::health(const atr::Call& call) {
    const auto began = std::chrono::steady_clock::now();
    const auto replies = router_.run({.slot = 0, .commands = {{"PING"}}}, Effect::none, Deadline::of(call));
    if (!replies) return replies.error();
    if ((*replies)[0].is_error()) return error_of((*replies)[0]);
    const auto taken = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
    if (const auto may = try_rights(call); !may) return may.error();
    auto nodes = nlohmann::json::object();
    for (const auto& [address, state] : router_.nodes())
        nodes[address] = {{"busy", state.busy},
                          {"idle", state.idle},
                          {"queued", state.queued},
                          {"dialed", state.dialed},
                          {"away", state.away}};
    return nlohmann::json{{"mode", settings_.mode},
                          {"answered_in_us", taken.count()},
                          {"nodes", nodes},
                          {"bus", {{"state", bus_.state()}, {"gaps", bus_.gaps()}}}}
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

atr::Result<> RedisCache::publish(const atr::Call& call, std::string_view channel, std::string_view payload) {
    if (!fits(channel, payload)) return too_large();
    return bus_.publish(channel, payload, Deadline::of(call));
}

atr::Result<std::uint64_t> RedisCache::subscribe(const atr::Call& call, std::string_view channel,
                                                 const atr_bus_sink* sink) {
    if (!fits(channel)) return too_large();
    return bus_.subscribe(channel, sink, Deadline::of(call));
}

void RedisCache::unsubscribe(std::uint64_t subscription) {
    bus_.unsubscribe(subscription);
}

}  // namespace cache_redis
