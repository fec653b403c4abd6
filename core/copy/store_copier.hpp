/// Fills a storage with all that a source holds, so that both have the same hash (copy/store_digest.hpp).
///
/// The target must be empty, or hold an unfinished copy of the same books: then only what differs is written, so that a
/// copy that was cut off anywhere, kill -9 included, ends as if it never had been, also when the source went on
/// meanwhile. Of two copies into one target the later goes on: the earlier one's next write, found by the marker, is
/// refused, also when the later has ended and a host serves. While it is filled it carries a marker, and no host serves
/// it; the last step removes the marker and puts it in quarantine, in one write.
#pragma once

#include "copy/record_source.hpp"
#include "copy/store_digest.hpp"
#include "copy/target_cursor.hpp"
#include "ports/storage_port.hpp"

#include <functional>

namespace treasurer::copy {

/// Where a copy stands, for people.
struct Progress {
    std::string collection;
    std::uint64_t records = 0;  ///< read from the source so far, in all collections
    std::uint64_t written = 0;  ///< into the target; fewer when a copy is resumed
};

struct CopyPlan {
    std::string origin;  ///< where the records come from, for people
    std::string reason;  ///< why the copy is in quarantine
    std::string life;    ///< a new id
    UnixMillis now_ms = 0;
    std::function<void(const Progress&)> tell;  ///< after every page
};

struct CopyResult {
    StoreDigest source;  ///< of what was read
    bool resumed = false;
    std::uint64_t written = 0, removed = 0;
};

/// Threads: one at a time. Lifetime: what it is given outlives it and its tasks. Errors: those of the storages;
/// rejected the target is not empty, or holds another unfinished copy, or the source is of a newer version than this
/// program.
class StoreCopier {
public:
    StoreCopier(RecordSource& source, StoragePort& target, PatientStorage& target_copy, CopyPlan plan)
        : source_(source), target_(target), copy_(target_copy), plan_(std::move(plan)) {}

    /// All but the last step.
    Task<atr::Result<CopyResult>> fill();
    /// The last step: from here on a host may serve the target.
    Task<atr::Result<>> finish();

private:
    /// What the next write carries.
    struct Pending {
        atr::Import import;
        std::size_t bytes = 0;
    };
    Task<atr::Result<bool>> look_at_target();
    Task<atr::Result<>> mark();
    /// Writes, as long as the marker is this copy's own.
    Task<atr::Result<>> import_as_ours(atr::Import import);
    Task<atr::Result<>> copy_collection(std::string collection, bool fresh, DigestBuilder& digest);
    Task<atr::Result<>> merge(const atr::Record& record, TargetCursor& there, Pending& pending);
    Task<atr::Result<>> write(Pending& pending);

    RecordSource& source_;
    StoragePort& target_;
    PatientStorage& copy_;
    const CopyPlan plan_;
    CopyResult result_;
    std::uint64_t read_ = 0;
};

/// The digest of everything a source holds, read once from beginning to end.
Task<atr::Result<StoreDigest>> digest_of(RecordSource& source);

}  // namespace treasurer::copy
