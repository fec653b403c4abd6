#include "cache/cache_service.hpp"

#include "runtime/mutation.hpp"

#include <algorithm>
#include <set>

namespace treasurer::cache {
namespace {

constexpr std::size_t most_floors = 10'000;

}  // namespace

std::vector<std::string> stale_keys(const atr::Batch& batch) {
    std::set<std::string> out;
    for (const auto& op : batch.ops)
        for (const auto& rule : stale_rules)
            if (op.op != ATR_OP_CHECK && rule.collection == op.record.collection) out.emplace(rule.key.name);
    return {out.begin(), out.end()};
}

Task<CacheService::Answer> CacheService::get_or_load(CacheKey key, Loader loader, std::string reader) {
    if (Value near = at_hand(key, loader, reader, false)) co_return near;
    Task<Value> looking = look(key);
    Value cached = co_await looking;
    if (cached) co_return cached;
    Ticket ticket = board(std::string(key.name), reader);
    if (!ticket.leads) {
        Answer shared = co_await ticket.answer;
        co_return shared;
    }
    Task<Answer> leading = lead(key, std::move(loader), std::move(ticket));
    co_return co_await leading;
}

/// Loads for all who wait, and for the cache.
Task<CacheService::Answer> CacheService::lead(CacheKey key, Loader loader, Ticket ticket) {
    const std::string name(key.name);
    const UnixMillis began_ms = clock_.unix_ms();
    Answer answer = atr::unknown(ATR_E_INTERNAL, "the load did not end");
    try {
        Task<atr::Result<std::string>> loading = loader();
        atr::Result<std::string> read = co_await loading;
        answer = read ? Answer(std::make_shared<const std::string>(std::move(*read))) : Answer(read.error());
        if (answer) loaded(key, *answer, ticket, began_ms);
    } catch (...) {
        land(name, ticket.id, answer);  // others wait for it
        throw;
    }
    land(name, ticket.id, answer);
    if (answer && plugin_) scope_.spawn(fill(key, *answer, ticket.seq));
    co_return answer;
}

/// Whoever loads it already does that for this one too.
Task<> CacheService::refresh(CacheKey key, Loader loader) {
    Ticket ticket = board(std::string(key.name), {});
    if (!ticket.leads) co_return;
    try {
        Task<Answer> leading = lead(key, std::move(loader), std::move(ticket));
        const Answer answer = co_await leading;
        (void)answer;
    } catch (const std::exception&) {
        failed(key.name);  // nobody waits for it: who asks next loads, and is told
    }
}

CacheService::Value CacheService::peek(CacheKey key, const Loader& loader, std::string_view reader) {
    return at_hand(key, loader, reader, true);
}

CacheService::Value CacheService::at_hand(CacheKey key, const Loader& loader, std::string_view reader,
                                          bool counts_as_read) {
    const UnixMillis now = clock_.unix_ms();
    Value out;
    bool read_anew = false;
    {
        const std::lock_guard lock(mutex_);
        const auto found = near_.find(key.name);
        if (found == near_.end()) return nullptr;
        Near& near = found->second;
        if (counts_as_read) near.rate.note(now);
        if (!is_live(near, now)) return nullptr;
        if (near.stale.is_any() && !(is_busy(near, now) && may_lag(near.stale, reader, now))) return nullptr;
        ++near.counts->hits;
        near.counts->lagging += near.stale.is_any() ? 1 : 0;
        read_anew = is_to_be_read(near, now) && !std::exchange(near.is_refreshing, true);
        out = near.value;
    }
    if (read_anew) scope_.spawn(refresh(key, loader));
    return out;
}

/// As far as its time goes. A clock that was set back makes nothing live longer.
bool CacheService::is_live(const Near& near, UnixMillis now) const {
    return near.value && near.seq >= floor_all_ && hears(now) && now >= near.from_ms && now < near.stale_until_ms;
}

/// What nobody tells of may happen unheard: then nothing is at hand. A service that was never told to look is not meant
/// to be.
bool CacheService::hears(UnixMillis now) const {
    return looked_ms_ == 0 || (now >= looked_ms_ && now - looked_ms_ <= settings_.longest_unheard.count());
}

bool CacheService::is_busy(const Near& near, UnixMillis now) const {
    return near.rate.in_a_second(now) >= settings_.busy_reads;
}

bool CacheService::may_lag(const Staleness& stale, std::string_view reader, UnixMillis now) const {
    return now >= stale.since_ms && now - stale.since_ms < settings_.busy_lag.count() &&
           !told_.may_know(reader, stale.moment);
}

/// In good time: what comes of it is stale before long as well.
bool CacheService::is_to_be_read(const Near& near, UnixMillis now) const {
    return now >= near.until_ms || (near.stale.is_any() && now - near.stale.since_ms >= settings_.busy_refresh.count());
}

CacheService::Near CacheService::near_of(const Value& value, std::uint64_t seq, Millis ttl, Millis stale_for) const {
    Near out;
    if (value->size() <= settings_.max_near_bytes) out.value = value;
    out.seq = seq;
    out.from_ms = clock_.unix_ms();
    out.until_ms = out.from_ms + ttl.count();
    out.stale_until_ms = out.until_ms + stale_for.count();
    return out;
}

/// Notes what is given, whether or not others may be given it as well. Under the lock.
void CacheService::keep(std::string_view key, Near given) {
    given.order = ++order_;
    given.counts = &counts_of(key);
    if (const auto found = near_.find(key); found != near_.end()) {
        given.rate = found->second.rate;
        const Value& before = found->second.value;
        if (given.value && before && *given.value == *before) given.value = before;  // what was made of it still holds
        found->second = std::move(given);
        return;
    }
    if (near_.size() >= settings_.max_near_values)
        std::erase_if(
            near_, [&](const auto& one) { return !is_live(one.second, given.from_ms) || one.second.stale.is_any(); });
    if (near_.size() < settings_.max_near_values) near_.emplace(key, std::move(given));
}

/// Before it is given to those who wait. One that was overtaken may reflect more than what was given since, or less:
/// then neither is kept, and who asks next begins a load. What became stale meanwhile is kept as such.
void CacheService::loaded(CacheKey key, const Value& value, const Ticket& ticket, UnixMillis began_ms) {
    const Millis took{std::max<UnixMillis>(clock_.unix_ms() - began_ms, 0)};
    Near given = near_of(value, filled_seq(key, ticket.seq), key.ttl - took, key.stale_for);
    const std::lock_guard lock(mutex_);
    const auto found = near_.find(key.name);
    const bool is_overtaken = found != near_.end() && found->second.order > ticket.order;
    if (!mutated(Mutation::fill_the_cache_after_an_invalidation)) {
        given.stale = flight_of(std::string(key.name), ticket.id)->second.stale;
        if (is_overtaken) given.value.reset();
    }
    keep(key.name, std::move(given));
}

/// Not one that began before something that made the key stale was told, nor before what was given since.
bool CacheService::can_join(const std::string& key, const Flight& flight, std::string_view reader) const {
    if (flight.epoch != epoch_) return false;
    const auto given = near_.find(key);
    if (given != near_.end() && given->second.order > flight.order) return false;
    if (!flight.stale.is_any()) return true;
    const UnixMillis now = clock_.unix_ms();
    return given != near_.end() && is_busy(given->second, now) && may_lag(flight.stale, reader, now);
}

CacheService::Ticket CacheService::board(const std::string& key, std::string_view reader) {
    Ticket out{false, 0, 0, 0, Completion<Answer>(executor_)};
    const std::lock_guard lock(mutex_);
    if (const auto found = flights_.find(key); found != flights_.end() && can_join(key, found->second, reader)) {
        found->second.waiting.push_back(out.answer);
        ++counts_of(key).shared;
        return out;
    }
    out.leads = true;
    out.id = next_flight_++;
    out.seq = latest_;
    out.order = order_;
    // Those who joined an older load are answered by it; it only stops being the one to join.
    if (auto older = flights_.extract(key)) {
        older.key() += '#' + std::to_string(older.mapped().id);
        flights_.insert(std::move(older));
    }
    auto& flight = flights_[key];
    flight.id = out.id;
    flight.seq = out.seq;
    flight.order = out.order;
    flight.epoch = epoch_;
    return out;
}

std::map<std::string, CacheService::Flight>::iterator CacheService::flight_of(const std::string& key,
                                                                              std::uint64_t id) {
    const auto found = flights_.find(key);
    return found != flights_.end() && found->second.id == id ? found : flights_.find(key + '#' + std::to_string(id));
}

void CacheService::land(const std::string& key, std::uint64_t flight, const Answer& answer) {
    std::vector<Completion<Answer>> waiting;
    {
        const std::lock_guard lock(mutex_);
        const auto found = flight_of(key, flight);
        if (found == flights_.end()) return;
        waiting = std::move(found->second.waiting);
        flights_.erase(found);
        if (const auto near = near_.find(key); near != near_.end()) near->second.is_refreshing = false;
    }
    for (const auto& waiter : waiting) waiter.set(answer);
}

void CacheService::invalidate(const std::vector<std::string>& keys, std::uint64_t seq, Moment begun) {
    bool start = false;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& key : keys) start = begin_marking(key, seq, begun) || start;
    }
    if (start) scope_.spawn(write_markers());
}

void CacheService::invalidate_all(std::uint64_t seq) {
    {
        const std::lock_guard lock(mutex_);
        floor_all_ = std::max(floor_all_, seq);
        ++epoch_;
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
    looked_ms_ = clock_.unix_ms();
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
bool CacheService::begin_marking(const std::string& key, std::uint64_t seq, Moment begun) {
    if (floors_.size() >= most_floors) {
        for (const auto& [name, floor] : floors_) floor_all_ = std::max(floor_all_, floor);
        floors_.clear();
    }
    auto& floor = floors_[key];
    if (!mutated(Mutation::show_less_than_own_commits)) {
        floor = std::max(floor, seq);
        note_stale(key, seq, begun);
    }
    if (!plugin_) return false;
    auto& mark = to_mark_[key];
    mark = std::max(mark, seq);
    return !std::exchange(marking_, true);
}

/// What was read before `seq` was told may not reflect it; what is read from now on does, whether or not the feed has
/// told of it as well. Under the lock.
void CacheService::note_stale(const std::string& key, std::uint64_t seq, Moment begun) {
    const Staleness now{begun > 0 ? begun : told_.happens(), clock_.unix_ms()};
    const auto note = [&](std::uint64_t known, Staleness& stale) {
        if (known >= seq) return;
        const Moment first = stale.is_any() ? std::min(stale.moment, now.moment) : now.moment;
        stale = {first, stale.is_any() ? stale.since_ms : now.since_ms};
    };
    if (const auto near = near_.find(key); near != near_.end()) note(near->second.seq, near->second.stale);
    if (const auto flight = flights_.find(key); flight != flights_.end())
        note(flight->second.seq, flight->second.stale);
}

std::uint64_t CacheService::floor_of(std::string_view key) const {
    const auto found = floors_.find(key);
    return found == floors_.end() ? floor_all_ : std::max(floor_all_, found->second);
}

CacheCounts& CacheService::counts_of(std::string_view key) {
    const auto found = counts_.find(key);
    return found == counts_.end() ? counts_[std::string(key)] : found->second;
}

void CacheService::not_given(std::string_view key) {
    const std::lock_guard lock(mutex_);
    --counts_of(key).hits;
}

void CacheService::failed(std::string_view key) {
    const std::lock_guard lock(mutex_);
    ++counts_of(key).errors;
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
