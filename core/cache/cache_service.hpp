/// Cached answers over a cache plugin that may be slow, wrong or away: then everything is loaded, nothing fails.
///
/// Each entry carries the commit sequence it reflects at least. invalidate() leaves a marker with the sequence that
/// made the entry stale; a filler that read before that commit is older than the marker and loses, however slow it was.
/// Within this host an invalidation holds at once, before the plugin knows of it: a client never sees older than it
/// wrote.
#pragma once

#include <atomic>
#include <atr/storage.hpp>
#include <functional>
#include <map>
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

    /// `plugin` may be null: then there is only single flight.
    CacheService(CachePort* plugin, Executor& executor, const Clock& clock, TaskScope& scope,
                 CacheSettings settings = {})
        : plugin_(plugin), executor_(executor), clock_(clock), scope_(scope), settings_(settings) {}

    /// The cached value, or what `loader` gives; callers that miss one key at a time share one load.
    /// Errors: the loader's, never cached.
    Task<atr::Result<std::string>> get_or_load(CacheKey key, Loader loader);

    /// What the commit `seq` made stale. Made for CommitPipeline::on_committed: returns at once.
    void invalidate(const std::vector<std::string>& keys, std::uint64_t seq);
    /// All keys, known by name or not.
    void invalidate_all(std::uint64_t seq);
    /// Every commit up to `seq` has ended, and what they made stale was said. Only the change feed knows that: a host's
    /// own commit may end before one of another host that has a lower sequence. Until the feed has caught up with an
    /// invalidation its keys are loaded, not cached.
    void advance(std::uint64_t seq);

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
        std::uint64_t seq = 0;  ///< what had ended when its load began
        std::vector<Completion<Answer>> waiting;
    };
    struct Ticket {
        bool leads = false;
        std::uint64_t id = 0, seq = 0;
        Completion<Answer> answer;
    };

    Task<std::optional<std::string>> look(CacheKey key);
    Ticket board(const std::string& key);
    void land(const std::string& key, std::uint64_t flight, const Answer& answer);
    Task<> fill(CacheKey key, std::string value, std::uint64_t seq);
    Task<> write_markers();
    std::uint64_t floor_of(const std::string& key) const;
    bool begin_marking(const std::string& key, std::uint64_t seq);
    void failed(std::string_view key);

    CachePort* const plugin_;
    Executor& executor_;
    const Clock& clock_;
    TaskScope& scope_;
    const CacheSettings settings_;

    mutable std::mutex mutex_;
    std::uint64_t latest_ = 0;                      ///< every commit up to it has ended
    std::uint64_t floor_all_ = 0;                   ///< older entries of any key are stale
    std::map<std::string, std::uint64_t> floors_;   ///< older entries of this key are stale
    std::map<std::string, std::uint64_t> to_mark_;  ///< what the plugin has yet to be told
    bool marking_ = false;
    std::uint64_t next_flight_ = 1;
    std::map<std::string, Flight> flights_;
    std::map<std::string, CacheCounts, std::less<>> counts_;
};

/// The keys of the cached answers that a commit makes stale, by the collections it touched.
std::vector<std::string> stale_keys(const atr::Batch& batch);

}  // namespace treasurer::cache
