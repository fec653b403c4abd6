#include "cache/cache_service.hpp"

#include "runtime/mutation.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace treasurer::cache {
namespace {

constexpr std::size_t most_floors = 10'000;
constexpr unsigned tick_bits = 24;

/// What the plugin keeps: "<seq> value", or "<seq>!" for a marker.
struct Entry {
    std::uint64_t seq = 0;
    std::string value;
};

std::optional<Entry> decode(const std::string& stored) {
    Entry out;
    const char* const end = stored.data() + stored.size();
    const auto [at, error] = std::from_chars(stored.data(), end, out.seq);
    if (error != std::errc{} || at == end || *at != ' ') return std::nullopt;
    out.value.assign(at + 1, end);
    return out;
}

/// A marker for a commit is older than any value that reflects it, and newer than any that does not. Of two values that
/// reflect the same commit the one written later is newer, since a plugin remembers versions longer than values.
std::uint64_t marker_version(std::uint64_t seq) {
    return seq << tick_bits;
}
std::uint64_t value_version(std::uint64_t seq, UnixMillis now) {
    const auto tick = static_cast<std::uint64_t>(now / 1000) & ((std::uint64_t{1} << tick_bits) - 1);
    return marker_version(seq) | std::max<std::uint64_t>(tick, 1);
}

std::string_view class_of(std::string_view key) {
    return key.substr(0, key.find(':'));
}

CacheCounts& counts_of(std::map<std::string, CacheCounts, std::less<>>& counts, std::string_view key) {
    const auto found = counts.find(class_of(key));
    return found == counts.end() ? counts[std::string(class_of(key))] : found->second;
}

}  // namespace

std::vector<std::string> stale_keys(const atr::Batch& batch) {
    std::set<std::string> out;
    for (const auto& op : batch.ops)
        for (const auto& rule : stale_rules)
            if (op.op != ATR_OP_CHECK && rule.collection == op.record.collection) out.emplace(rule.key.name);
    return {out.begin(), out.end()};
}

Task<CacheService::Answer> CacheService::get_or_load(CacheKey key, Loader loader) {
    const std::string name(key.name);
    if (const auto near = peek(key)) co_return *near;
    Task<std::optional<std::string>> looking = look(key);
    std::optional<std::string> cached = co_await looking;
    if (cached) co_return std::move(*cached);
    Ticket ticket = board(name);
    if (!ticket.leads) {
        Answer shared = co_await ticket.answer;
        co_return shared;
    }
    const UnixMillis began_ms = clock_.unix_ms();
    Answer answer = atr::unknown(ATR_E_INTERNAL, "the load did not end");
    try {
        Task<Answer> loading = loader();
        answer = co_await loading;
    } catch (...) {
        land(name, ticket.id, answer);
        throw;
    }
    if (answer) loaded(key, *answer, ticket, began_ms);
    land(name, ticket.id, answer);
    if (answer && plugin_) scope_.spawn(fill(key, *answer, ticket.seq));
    co_return answer;
}

std::shared_ptr<const std::string> CacheService::peek(CacheKey key) {
    const UnixMillis now = clock_.unix_ms();
    const std::lock_guard lock(mutex_);
    const auto found = near_.find(key.name);
    if (found == near_.end() || !is_live(found->second, key.name, now)) return nullptr;
    ++counts_of(counts_, key.name).hits;
    return found->second.value;
}

/// A clock that was set back makes nothing live longer.
bool CacheService::is_live(const Near& near, std::string_view key, UnixMillis now) const {
    return near.value && near.seq >= floor_of(key) && now >= near.from_ms && now < near.until_ms;
}

CacheService::Near CacheService::near_of(const std::string& value, std::uint64_t seq, Millis ttl) const {
    Near out;
    if (value.size() <= settings_.max_near_bytes) out.value = std::make_shared<const std::string>(value);
    out.seq = seq;
    out.from_ms = clock_.unix_ms();
    out.until_ms = out.from_ms + ttl.count();
    return out;
}

/// Notes what is given, whether or not others may be given it as well. Under the lock.
void CacheService::keep(std::string_view key, Near given) {
    given.order = ++order_;
    if (const auto found = near_.find(key); found != near_.end()) {
        found->second = std::move(given);
        return;
    }
    if (near_.size() >= settings_.max_near_values)
        std::erase_if(near_, [&](const auto& one) { return !is_live(one.second, one.first, given.from_ms); });
    if (near_.size() < settings_.max_near_values) near_.emplace(key, std::move(given));
}

/// Before it is given to those who wait. One that was overtaken may reflect more than what was given since, or less:
/// then neither is kept, and who asks next begins a load.
void CacheService::loaded(CacheKey key, const std::string& value, const Ticket& ticket, UnixMillis began_ms) {
    const Millis took{std::max<UnixMillis>(clock_.unix_ms() - began_ms, 0)};
    Near given = near_of(value, filled_seq(key, ticket.seq), key.ttl - took);
    const std::lock_guard lock(mutex_);
    const auto found = near_.find(key.name);
    if (found != near_.end() && found->second.order > ticket.order) given.value.reset();
    keep(key.name, std::move(given));
}

Task<std::optional<std::string>> CacheService::look(CacheKey key) {
    const std::string name(key.name);
    std::optional<Entry> entry;
    Near given;
    bool failed_call = false;
    if (plugin_) {
        CallOptions options;
        options.timeout = settings_.timeout;
        Task<atr::Result<atr::CacheEntry>> getting = plugin_->get(name, options);
        const atr::Result<atr::CacheEntry> stored = co_await getting;
        if (stored) entry = decode(stored->value);
        if (entry) given = near_of(entry->value, entry->seq, std::min(key.ttl, Millis{stored->ttl_ms_left}));
        failed_call = !stored && stored.outcome() != atr::Outcome::not_found;
    }
    const std::lock_guard lock(mutex_);
    auto& counts = counts_of(counts_, name);
    if (failed_call) ++counts.errors;
    const bool fresh = entry && entry->seq >= floor_of(name) && was_read_since_given(name, entry->seq);
    ++(fresh ? counts.hits : counts.misses);
    if (!fresh) co_return std::nullopt;
    keep(name, std::move(given));
    co_return std::move(entry->value);
}

/// Of what a plugin has, which may be of a host that read before this one did: the feed was found at `seq` before it
/// was read, and was not yet there when this host looked after it had given its own.
bool CacheService::was_read_since_given(std::string_view key, std::uint64_t seq) const {
    const auto found = near_.find(key);
    return found == near_.end() || (found->second.looks_left == 0 && seq > found->second.position);
}

/// Not one that began before something that made the key stale, nor before what was given since.
bool CacheService::can_join(const std::string& key, const Flight& flight) const {
    const auto given = near_.find(key);
    return flight.seq >= floor_of(key) && (given == near_.end() || given->second.order <= flight.order);
}

CacheService::Ticket CacheService::board(const std::string& key) {
    Ticket out{false, 0, 0, 0, Completion<Answer>(executor_)};
    const std::lock_guard lock(mutex_);
    if (const auto found = flights_.find(key); found != flights_.end() && can_join(key, found->second)) {
        found->second.waiting.push_back(out.answer);
        ++counts_of(counts_, key).shared;
        return out;
    }
    out.leads = true;
    out.id = next_flight_++;
    out.seq = latest_;
    out.order = order_;
    // Those who joined an older load are answered by it; it only stops being the one to join.
    auto& flight = flights_[key];
    if (!flight.waiting.empty()) {
        flights_[key + '#' + std::to_string(flight.id)] = std::move(flight);
        flight = Flight{};
    }
    flight.id = out.id;
    flight.seq = out.seq;
    flight.order = out.order;
    return out;
}

void CacheService::land(const std::string& key, std::uint64_t flight, const Answer& answer) {
    std::vector<Completion<Answer>> waiting;
    {
        const std::lock_guard lock(mutex_);
        auto found = flights_.find(key);
        if (found == flights_.end() || found->second.id != flight)
            found = flights_.find(key + '#' + std::to_string(flight));
        if (found == flights_.end()) return;
        waiting = std::move(found->second.waiting);
        flights_.erase(found);
    }
    for (const auto& waiter : waiting) waiter.set(answer);
}

/// A simulated host that does it wrong must be found out by either way.
std::uint64_t CacheService::filled_seq(CacheKey key, std::uint64_t seq) const {
    if (!mutated(Mutation::fill_the_cache_after_an_invalidation)) return seq;
    const std::lock_guard lock(mutex_);
    return std::max(latest_, floor_of(key.name));
}

Task<> CacheService::fill(CacheKey key, std::string value, std::uint64_t seq) {
    CallOptions options;
    options.timeout = settings_.timeout;
    seq = filled_seq(key, seq);
    std::string stored = std::to_string(seq) + ' ' + value;
    const std::uint64_t version = value_version(seq, clock_.unix_ms());
    Task<atr::Result<>> setting =
        plugin_->set(std::string(key.name), std::move(stored), version, key.ttl, ATR_SET_IF_NEWER, options);
    const atr::Result<> done = co_await setting;
    if (!done && done.outcome() != atr::Outcome::conflict) failed(key.name);
}

void CacheService::invalidate(const std::vector<std::string>& keys, std::uint64_t seq) {
    bool start = false;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& key : keys) start = begin_marking(key, seq) || start;
    }
    if (start) scope_.spawn(write_markers());
}

void CacheService::invalidate_all(std::uint64_t seq) {
    {
        const std::lock_guard lock(mutex_);
        floor_all_ = std::max(floor_all_, seq);
    }
    std::vector<std::string> keys;
    for (const auto& key : all_keys) keys.emplace_back(key.name);
    invalidate(keys, seq);
}

void CacheService::advance(std::uint64_t seq) {
    const std::lock_guard lock(mutex_);
    latest_ = std::max(latest_, seq);
}

void CacheService::looked(std::uint64_t seq) {
    const std::lock_guard lock(mutex_);
    for (auto& [name, near] : near_)
        if (near.looks_left > 0 && --near.looks_left == 0) near.position = seq;
}

void CacheService::went_back(std::uint64_t from, std::uint64_t to) {
    {
        const std::lock_guard lock(mutex_);
        latest_ = std::min(latest_, to == 0 ? 0 : to - 1);  // what it names as `to` may be new
    }
    invalidate_all(from + 1);
}

/// True when the caller is to start the one task that tells the plugin.
bool CacheService::begin_marking(const std::string& key, std::uint64_t seq) {
    if (floors_.size() >= most_floors) {
        for (const auto& [name, floor] : floors_) floor_all_ = std::max(floor_all_, floor);
        floors_.clear();
    }
    auto& floor = floors_[key];
    if (!mutated(Mutation::show_less_than_own_commits)) floor = std::max(floor, seq);
    if (!plugin_) return false;
    auto& mark = to_mark_[key];
    mark = std::max(mark, seq);
    return !std::exchange(marking_, true);
}

Task<> CacheService::write_markers() {
    for (;;) {
        std::string key;
        std::uint64_t seq = 0;
        {
            const std::lock_guard lock(mutex_);
            if (to_mark_.empty()) {
                marking_ = false;
                co_return;
            }
            key = to_mark_.begin()->first;
            seq = to_mark_.begin()->second;
            to_mark_.erase(to_mark_.begin());
        }
        CallOptions options;
        options.timeout = settings_.timeout;
        std::string marker = std::to_string(seq) + '!';
        Task<atr::Result<>> setting =
            plugin_->set(key, std::move(marker), marker_version(seq), settings_.marker_ttl, ATR_SET_IF_NEWER, options);
        const atr::Result<> done = co_await setting;
        if (!done && done.outcome() != atr::Outcome::conflict) failed(key);
    }
}

std::uint64_t CacheService::floor_of(std::string_view key) const {
    const auto found = floors_.find(key);
    return found == floors_.end() ? floor_all_ : std::max(floor_all_, found->second);
}

void CacheService::failed(std::string_view key) {
    const std::lock_guard lock(mutex_);
    ++counts_of(counts_, key).errors;
}

std::map<std::string, CacheCounts> CacheService::counts() const {
    const std::lock_guard lock(mutex_);
    return {counts_.begin(), counts_.end()};
}

std::uint64_t CacheService::hit_rate_bp() const {
    const std::lock_guard lock(mutex_);
    std::uint64_t hits = 0, all = 0;
    for (const auto& [name, counts] : counts_) {
        hits += counts.hits;
        all += counts.hits + counts.misses;
    }
    return all == 0 ? 0 : hits * 10'000 / all;
}

}  // namespace treasurer::cache
