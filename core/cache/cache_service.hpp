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
#include "ports/cache_port.hpp"
#include "runtime/clock.hpp"
#include "runtime/completion.hpp"
#include "runtime/task_scope.hpp"

namespace treasurer::cache {

struct CacheSettings {
    Millis timeout{50};         ///< of one call of the plugin, after which the value is loaded instead
    Millis marker_ttl{60'000};  ///< longer than any load takes
    std::size_t max_near_values = 256, max_near_bytes = std::size_t{64} * 1024;  ///< kept in the host; bytes of each
};

/// Of one class of keys: the part of their names before the first ':'.
struct CacheCounts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t shared = 0;  ///< misses that waited for another's load
    std::uint64_t errors = 0;  ///< calls the plugin failed
};

/// Threads: any. Lifetime: everything it is given outlives it; the scope is idle before it ends.
class CacheService {
public:
    /// Reads storage: its answer reflects every commit that had ended when it was called.
    using Loader = std::function<Task<atr::Result<std::string>>()>;

    /// `plugin` may be null: then there is only what this host keeps, and single flight.
    CacheService(CachePort* plugin, Executor& executor, const Clock& clock, TaskScope& scope,
                 CacheSettings settings = {})
        : plugin_(plugin), executor_(executor), clock_(clock), scope_(scope), settings_(settings) {}

    /// The cached value, or what `loader` gives; callers that miss one key at a time share one load.
    /// Errors: the loader's, never cached.
    Task<atr::Result<std::string>> get_or_load(CacheKey key, Loader loader);

    /// The cached value if it is at hand: never waits for more than a lock held for a look-up. Null: get_or_load() has
    /// to find out. As true as that: it knows of the same commits, and lives no longer.
    std::shared_ptr<const std::string> peek(CacheKey key);

    /// What the commit `seq` made stale. Made for CommitPipeline::on_committed: returns at once.
    void invalidate(const std::vector<std::string>& keys, std::uint64_t seq);
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

    std::map<std::string, CacheCounts> counts() const;
    /// hits / (hits + misses) of all classes in ten-thousandths; 0 before the first.
    std::uint64_t hit_rate_bp() const;

private:
    using Answer = atr::Result<std::string>;
    struct Flight {
        std::uint64_t id = 0;
        std::uint64_t seq = 0;    ///< what had ended when its load began
        std::uint64_t order = 0;  ///< what had been given by then
        std::vector<Completion<Answer>> waiting;
    };
    /// What this host gave last.
    struct Near {
        std::shared_ptr<const std::string> value;  ///< null: not kept
        std::uint64_t seq = 0;
        UnixMillis from_ms = 0, until_ms = 0;
        std::uint64_t order = 0;     ///< among all that was given
        unsigned looks_left = 2;     ///< at the feed, until one has ended that began after it was given
        std::uint64_t position = 0;  ///< where that one found the feed
    };
    struct Ticket {
        bool leads = false;
        std::uint64_t id = 0, seq = 0, order = 0;
        Completion<Answer> answer;
    };

    Task<std::optional<std::string>> look(CacheKey key);
    std::uint64_t filled_seq(CacheKey key, std::uint64_t seq) const;
    Near near_of(const std::string& value, std::uint64_t seq, Millis ttl) const;
    void keep(std::string_view key, Near given);
    bool is_live(const Near& near, std::string_view key, UnixMillis now) const;
    bool was_read_since_given(std::string_view key, std::uint64_t seq) const;
    bool can_join(const std::string& key, const Flight& flight) const;
    Ticket board(const std::string& key);
    void loaded(CacheKey key, const std::string& value, const Ticket& ticket, UnixMillis began_ms);
    void land(const std::string& key, std::uint64_t flight, const Answer& answer);
    Task<> fill(CacheKey key, std::string value, std::uint64_t seq);
    Task<> write_markers();
    std::uint64_t floor_of(std::string_view key) const;
    bool begin_marking(const std::string& key, std::uint64_t seq);
    void failed(std::string_view key);

    CachePort* const plugin_;
    Executor& executor_;
    const Clock& clock_;
    TaskScope& scope_;
    const CacheSettings settings_;

    mutable std::mutex mutex_;
    std::uint64_t latest_ = 0;                                  ///< every commit up to it has ended
    std::uint64_t floor_all_ = 0;                               ///< older entries of any key are stale
    std::map<std::string, std::uint64_t, std::less<>> floors_;  ///< older entries of this key are stale
    std::map<std::string, Near, std::less<>> near_;
    std::uint64_t order_ = 0;                       ///< how much was given
    std::map<std::string, std::uint64_t> to_mark_;  ///< what the plugin has yet to be told
    bool marking_ = false;
    std::uint64_t next_flight_ = 1;
    std::map<std::string, Flight> flights_;
    std::map<std::string, CacheCounts, std::less<>> counts_;
};

/// The keys of the cached answers that a commit makes stale, by the collections it touched.
std::vector<std::string> stale_keys(const atr::Batch& batch);

}  // namespace treasurer::cache
