/// Cached answers over a cache plugin that may be slow, wrong or away: then everything is loaded, nothing fails.
///
/// Each entry carries the commit sequence it reflects at least. invalidate() leaves a marker with the sequence that
/// made the entry stale; a filler that read before that commit is older than the marker and loses, however slow it was.
/// Within this host an invalidation holds at once, before the plugin knows of it: a client never sees older than it
/// wrote.
///
/// What was loaded or found is also kept in the host itself, under the same rules, so that peek() has it without a
/// call. And whoever asks one host one request after another never sees less than it saw: a load began after what was
/// given before it, and what another host has put into the plugin is taken only if it was surely read later.
///
/// An answer whose time is over, and of which nothing is known that made it stale, is given for a little longer, while
/// one task reads it anew (CacheKey::stale_for): nobody waits where nothing has happened.
///
/// An answer that something has made stale is given on for CacheSettings::busy_lag where it is asked for very often, to
/// those who cannot know of what happened (Told), while one task reads it anew: docs/decisions/0042.
#pragma once

#include <atomic>
#include <atr/storage.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cache/cache_keys.hpp"
#include "cache/read_rate.hpp"
#include "cache/told.hpp"
#include "ports/cache_port.hpp"
#include "runtime/clock.hpp"
#include "runtime/completion.hpp"
#include "runtime/task_scope.hpp"

namespace treasurer::cache {

struct CacheSettings {
    Millis timeout{50};         ///< of one call of the plugin, after which the value is loaded instead
    Millis marker_ttl{60'000};  ///< longer than any load takes
    std::size_t max_near_values = 64, max_near_bytes = std::size_t{256} * 1024;  ///< kept in the host; bytes of each
    Millis busy_lag{500};             ///< how long a stale answer is given on at most; 0: never
    Millis busy_refresh{25};          ///< after so long it is read anew meanwhile
    Millis longest_unheard{30'000};   ///< that the change feed may not be read, before nothing is given that is cached
    std::uint32_t busy_reads = 1000;  ///< of a key in the last second, from which on that is done
};

/// Of one key.
struct CacheCounts {
    std::uint64_t hits = 0;
    std::uint64_t lagging = 0;  ///< hits that a commit of the last `busy_lag` had made stale
    std::uint64_t misses = 0;
    std::uint64_t shared = 0;  ///< misses that waited for another's load
    std::uint64_t errors = 0;  ///< calls the plugin failed
};

/// Threads: any. Lifetime: everything it is given outlives it; the scope is idle before it ends.
class CacheService {
public:
    /// Reads storage: its answer reflects every commit that had ended when it was called.
    using Loader = std::function<Task<atr::Result<std::string>>()>;
    /// Shared by all who are given the same.
    using Value = std::shared_ptr<const std::string>;

    /// `plugin` may be null: then there is only what this host keeps, and single flight.
    CacheService(CachePort* plugin, Executor& executor, const Clock& clock, TaskScope& scope,
                 CacheSettings settings = {})
        : plugin_(plugin),
          executor_(executor),
          clock_(clock),
          scope_(scope),
          settings_(settings),
          told_(clock, settings.busy_lag) {}

    /// The cached value, or what `loader` gives; callers that miss one key at a time share one load.
    /// `reader`: the user it is for, as told() knows him; empty: whoever it is for knows all that has happened.
    /// Errors: the loader's, never cached.
    Task<atr::Result<Value>> get_or_load(CacheKey key, Loader loader, std::string reader = {});

    /// The cached value if it is at hand: never waits for more than a lock held for a look-up. Null: get_or_load() has
    /// to find out. As true as that: it knows of the same commits, and lives no longer. Of one whose time is over
    /// `loader` reads a new one, which nobody waits for.
    Value peek(CacheKey key, const Loader& loader, std::string_view reader = {});
    /// What peek() gave of it was of no use without others; get_or_load() is asked next, and counts.
    void not_given(std::string_view key);

    /// This user is about to be told something of what has happened, by other ways than this cache: from now on he is
    /// shown nothing older.
    void told(std::string_view user) { told_.tell(user); }

    /// Made for CommitPipeline::on_committed: the moment before storage is asked to commit something.
    Moment begins() { return told_.happens(); }
    /// What the commit `seq` made stale, which began at `begun`: who was told anything since may know of it. 0: of
    /// another host, or not known. Made for CommitPipeline::on_committed: returns at once.
    void invalidate(const std::vector<std::string>& keys, std::uint64_t seq, Moment begun = 0);
    /// All keys, known by name or not.
    void invalidate_all(std::uint64_t seq);
    /// Every commit up to `seq` has ended, and what they made stale was said. Only the change feed knows that: a host's
    /// own commit may end before one of another host that has a lower sequence. Until the feed has caught up with an
    /// invalidation its keys are loaded, not cached.
    void advance(std::uint64_t seq);
    /// A look at the change feed has ended, which had nothing to tell after `seq`. Looks come one after another.
    void looked(std::uint64_t seq);

    /// The store has lost the commits after `to`, of which this host knew up to `from`, and gives their numbers to
    /// others. An entry that names one of them says nothing: until the store has passed `from` again everything is
    /// loaded, and what was loaded before is not kept.
    void went_back(std::uint64_t from, std::uint64_t to);

    /// Whose answers these are: a store, in one of its lives (docs/decisions/0007). The plugin's entries of others are
    /// neither read nor written. Empty: the plugin has those of one store only.
    void belongs_to(std::string store);

    /// What the plugin has is of the time before this host began: it is deleted before anything is taken from there. It
    /// may be of commits that the store has lost, with nobody left who knew of them.
    void begin_shared_anew() { is_to_clear_ = begins_anew_ = true; }

    /// By the keys' names.
    std::map<std::string, CacheCounts> counts() const;
    /// hits / (hits + misses) of all keys in ten-thousandths; 0 before the first.
    std::uint64_t hit_rate_bp() const;

private:
    using Answer = atr::Result<Value>;
    /// The first thing that is known to have happened since, and that a value may not reflect.
    struct Staleness {
        Moment moment = 0;  ///< 0: nothing
        UnixMillis since_ms = 0;
        bool is_any() const { return moment > 0; }
    };
    struct Flight {
        std::uint64_t id = 0;
        Staleness stale;
        std::uint64_t seq = 0;    ///< what had ended when its load began
        std::uint64_t order = 0;  ///< what had been given by then
        std::uint64_t epoch = 0;  ///< how often all had been made stale
        std::vector<Completion<Answer>> waiting;
    };
    /// What this host gave last.
    struct Near {
        Value value;  ///< null: not kept
        std::uint64_t seq = 0;
        UnixMillis from_ms = 0, until_ms = 0, stale_until_ms = 0;
        Staleness stale;
        bool is_refreshing = false;
        ReadRate rate;
        CacheCounts* counts = nullptr;
        std::uint64_t order = 0;     ///< among all that was given
        unsigned looks_left = 2;     ///< at the feed, until one has ended that began after it was given
        std::uint64_t position = 0;  ///< where that one found the feed
    };
    struct Ticket {
        bool leads = false;
        std::uint64_t id = 0, seq = 0, order = 0;
        Completion<Answer> answer;
    };

    Task<Value> look(CacheKey key);
    Task<bool> clear_shared();
    std::string plugin_key(std::string_view key) const;
    std::uint64_t filled_seq(CacheKey key, std::uint64_t seq) const;
    Near near_of(const Value& value, std::uint64_t seq, Millis ttl, Millis stale_for) const;
    void keep(std::string_view key, Near given);
    Task<Answer> lead(CacheKey key, Loader loader, Ticket ticket);
    Task<> refresh(CacheKey key, Loader loader);
    bool may_take_of_plugin(std::string_view key) const;
    bool is_live(const Near& near, UnixMillis now) const;
    bool hears(UnixMillis now) const;
    bool is_busy(const Near& near, UnixMillis now) const;
    bool may_lag(const Staleness& stale, std::string_view reader, UnixMillis now) const;
    bool is_to_be_read(const Near& near, UnixMillis now) const;
    Value at_hand(CacheKey key, const Loader& loader, std::string_view reader, bool counts_as_read);
    bool was_read_since_given(std::string_view key, std::uint64_t seq) const;
    bool can_join(const std::string& key, const Flight& flight, std::string_view reader) const;
    Ticket board(const std::string& key, std::string_view reader);
    std::map<std::string, Flight>::iterator flight_of(const std::string& key, std::uint64_t id);
    void note_stale(const std::string& key, std::uint64_t seq, Moment begun);
    void loaded(CacheKey key, const Value& value, const Ticket& ticket, UnixMillis began_ms);
    void land(const std::string& key, std::uint64_t flight, const Answer& answer);
    Task<> fill(CacheKey key, Value value, std::uint64_t seq);
    Task<> write_markers();
    std::uint64_t floor_of(std::string_view key) const;
    bool begin_marking(const std::string& key, std::uint64_t seq, Moment begun);
    CacheCounts& counts_of(std::string_view key);
    void failed(std::string_view key);

    CachePort* const plugin_;
    Executor& executor_;
    const Clock& clock_;
    TaskScope& scope_;
    const CacheSettings settings_;
    Told told_;

    mutable std::mutex mutex_;
    std::string store_;
    std::uint64_t latest_ = 0;                                  ///< every commit up to it has ended
    std::uint64_t floor_all_ = 0;                               ///< older entries of any key are stale
    std::uint64_t epoch_ = 0;                                   ///< how often all was made stale
    UnixMillis looked_ms_ = 0;                                  ///< when a look at the change feed last ended
    std::map<std::string, std::uint64_t, std::less<>> floors_;  ///< older entries of this key are stale
    std::map<std::string, Near, std::less<>> near_;
    std::uint64_t order_ = 0;                       ///< how much was given
    std::map<std::string, std::uint64_t> to_mark_;  ///< what the plugin has yet to be told
    bool marking_ = false;
    std::atomic<bool> begins_anew_{false}, is_to_clear_{false};
    std::uint64_t next_flight_ = 1;
    std::map<std::string, Flight> flights_;
    std::map<std::string, CacheCounts, std::less<>> counts_;
};

/// The keys of the cached answers that a commit makes stale, by the collections it touched.
std::vector<std::string> stale_keys(const atr::Batch& batch);

}  // namespace treasurer::cache
