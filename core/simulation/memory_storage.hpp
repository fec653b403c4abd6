/// A StoragePort that keeps everything in memory, with the semantics that atr.h asks of a storage plugin: judged
/// batches, versions, counters with bounds, idempotent replay, leased jobs with fencing tokens, keyset pages, a change
/// feed. Threads: every method may be called concurrently; one mutex makes each call atomic. Every Task returned is
/// complete when it is first resumed. Errors: returned, as a plugin would.
#pragma once

#include <atr/decimal.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ports/storage_port.hpp"
#include "runtime/clock.hpp"

namespace support {
class MemoryStorageCopy;
}

namespace treasurer::simulation {

class MemoryStorage : public StoragePort {
public:
    /// `clock` is the store's own: leases and expiry follow it. It must outlive the store.
    explicit MemoryStorage(const Clock& clock) : clock_(clock) {}
    /// The same, already migrated.
    MemoryStorage(const Clock& clock, const atr::Schema& schema) : clock_(clock) { apply_schema(schema); }

    Task<atr::Result<>> migrate(atr::Schema schema, CallOptions) override;
    Task<atr::Result<std::vector<atr::Record>>> get(std::vector<atr::Key> keys, CallOptions) override;
    Task<std::vector<atr::Commit>> commit(Batches batches, CallOptions) override;
    Task<atr::Result<atr::Page>> query(atr::Query query, CallOptions) override;
    Task<atr::Result<std::vector<atr::Job>>> lease(std::string queue, std::string worker, std::uint32_t max,
                                                   Millis lease, CallOptions) override;
    Task<atr::Result<std::uint32_t>> extend_leases(std::string worker, Millis lease, CallOptions) override;
    Task<atr::Result<atr::Changes>> changes(std::uint64_t after_seq, std::uint32_t limit, CallOptions) override;
    Task<atr::Result<>> blob_put(std::string key, std::string bytes, CallOptions) override;
    Task<atr::Result<atr::Blob>> blob_get(std::string key, CallOptions) override;
    Task<atr::Result<std::string>> health(CallOptions) override;
    /// Of "atr.keys" and "atr.changes"; nothing else is ever asked for.
    Task<atr::Result<std::uint32_t>> purge(std::string collection, std::int64_t older_than_ms, std::uint32_t max,
                                           CallOptions) override;

    /// The sequence of the last commit.
    std::uint64_t last_seq() const;
    /// How many commit calls (flushes) there were, and how many reads (get and query).
    std::size_t flushes() const;
    std::size_t reads() const;
    /// Keeps what is there now, for forget().
    void remember();
    /// Everything is as when remember() was called: whatever was committed since is gone, and its numbers are given
    /// again. As a failover to a replica that lagged behind. Returns how many commits are lost.
    std::uint64_t forget();
    /// How often it forgot.
    std::uint64_t lineage() const;
    /// From now on get and query fail so; nullopt: they work again.
    void fail_reads(std::optional<atr::Error> error);

private:
    friend class support::MemoryStorageCopy;
    struct Job {
        std::string body, worker;
        std::int64_t run_at_ms = 0, lease_until_ms = 0;
        std::uint64_t token = 0;  ///< 0: not leased
        std::uint32_t attempt = 0;
        std::uint64_t version = 1;
        std::int64_t updated_ms = 0;
    };
    struct Remembered {
        std::string fingerprint;
        std::int64_t expires_ms = 0;  ///< 0: never
        std::int64_t made_ms = 0;
        atr::Commit result;
    };
    struct Collection {
        atr::CollectionDef def;
        std::map<std::string, atr::Record> records;  ///< of a COUNTER collection too: the body is the integer
    };
    using JobKey = std::pair<std::string, std::string>;  ///< queue, id
    using Undo = std::vector<std::function<void()>>;
    /// The error of an op, or its entry in Commit::versions.
    using Judged = atr::Result<std::uint64_t>;

    std::uint32_t forget_keys(std::int64_t older_than_ms, std::uint32_t max);
    std::uint32_t forget_changes(std::int64_t older_than_ms, std::uint32_t max);
    void apply_schema(const atr::Schema& schema);
    atr::Commit judge(const atr::Batch& batch);
    const Remembered* remembered(const atr::Batch& batch) const;
    Judged apply(const atr::Op& op, Undo& undo);
    Judged check(Collection& in, const atr::Op& op) const;
    Judged put(Collection& in, const atr::Op& op, Undo& undo);
    Judged erase(Collection& in, const atr::Op& op, Undo& undo);
    Judged add(Collection& in, const atr::Op& op, Undo& undo);
    Judged enqueue(const atr::Op& op, Undo& undo);
    Judged finish_job(const atr::Op& op, Undo& undo);
    void keep(Collection& in, const std::string& key, Undo& undo);
    void keep_job(const JobKey& key, Undo& undo);
    atr::Record job_record(const JobKey& key, const Job& job) const;
    /// Every record of a collection, the built-in "atr.jobs" and "atr.keys" too; nullopt for an unknown one.
    atr::Result<std::vector<const atr::Record*>> rows(const std::string& name, std::vector<atr::Record>& made) const;
    atr::Result<std::vector<atr::Record>> select(const atr::Query& query) const;

    /// What a replica would have.
    struct Content {
        std::map<std::string, Collection> collections;
        std::map<JobKey, Job> jobs;
        std::map<std::string, Remembered> keys;
        std::map<std::string, std::string> blobs;
        std::map<std::uint64_t, std::vector<atr::Key>> changes;
        std::uint64_t seq = 0, feed_floor = 0, next_token = 1;
    };

    const Clock& clock_;
    mutable std::mutex mutex_;
    std::map<std::string, Collection> collections_;
    std::map<JobKey, Job> jobs_;
    std::map<std::string, Remembered> keys_;
    std::map<std::string, std::string> blobs_;
    std::map<std::uint64_t, std::vector<atr::Key>> changes_;
    std::map<std::uint64_t, std::int64_t> committed_ms_;        ///< of the commits that the feed still has
    std::map<std::uint64_t, std::vector<atr::Key>> in_flight_;  ///< see Mutation::commit_seq_out_of_order
    std::map<std::uint64_t, std::vector<atr::Record>> snapshots_;
    std::uint64_t seq_ = 0, feed_floor_ = 0, next_token_ = 1, next_snapshot_ = 1;
    std::optional<Content> replica_;
    std::uint64_t lineage_ = 0;
    std::size_t flushes_ = 0, reads_ = 0;
    std::optional<atr::Error> read_failure_;
};

}  // namespace treasurer::simulation
