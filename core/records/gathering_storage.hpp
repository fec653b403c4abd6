/// Gathers reads as the commit pipeline gathers commits: those that arrive while some are under way share the next one.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "ports/storage_port.hpp"
#include "runtime/clock.hpp"
#include "runtime/completion.hpp"
#include "runtime/task_scope.hpp"

namespace treasurer {

struct GatheringSettings {
    unsigned in_flight = 2;      ///< reads of storage at a time; one that finds fewer under way goes at once
    std::size_t max_keys = 512;  ///< of one read that is shared
};

/// A storage whose get() may be one read of many. A read begins after its caller asked, so it shows all that had been
/// committed by then, and it is one snapshot as before. All other calls go through as they are.
/// Threads: any. Errors: a shared read that fails for good, or is too large for one answer, is made again for each by
/// itself, so that nobody is told of another's fault; another that may pass is everybody's. A caller waits for at most
/// one read before its own, and for no more than half as long again as its time-out in all. As many wait as there are
/// tasks that read, whose admission bounds them. Lifetime: `storage` and `clock` outlive it; it outlives its tasks,
/// which run in `scope`.
class GatheringStorage final : public StoragePort {
public:
    GatheringStorage(StoragePort& storage, Executor& executor, TaskScope& scope, const Clock& clock,
                     GatheringSettings settings = {})
        : storage_(storage), executor_(executor), scope_(scope), clock_(clock), settings_(settings) {}

    /// Callers that wait for a read.
    std::size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return waiting_.size();
    }

    using Records = atr::Result<std::vector<atr::Record>>;
    Task<Records> get(std::vector<atr::Key> keys, CallOptions options) override;

    Task<atr::Result<>> migrate(atr::Schema schema, CallOptions options) override {
        return storage_.migrate(std::move(schema), std::move(options));
    }
    Task<std::vector<atr::Commit>> commit(Batches batches, CallOptions options) override {
        return storage_.commit(std::move(batches), std::move(options));
    }
    Task<atr::Result<atr::Page>> query(atr::Query query, CallOptions options) override {
        return storage_.query(std::move(query), std::move(options));
    }
    Task<atr::Result<std::vector<atr::Job>>> lease(std::string queue, std::string worker, std::uint32_t max,
                                                   Millis lease, CallOptions options) override {
        return storage_.lease(std::move(queue), std::move(worker), max, lease, std::move(options));
    }
    Task<atr::Result<std::uint32_t>> extend_leases(std::string worker, Millis lease, CallOptions options) override {
        return storage_.extend_leases(std::move(worker), lease, std::move(options));
    }
    Task<atr::Result<atr::Changes>> changes(std::uint64_t after_seq, std::uint32_t limit,
                                            CallOptions options) override {
        return storage_.changes(after_seq, limit, std::move(options));
    }
    Task<atr::Result<>> blob_put(std::string key, std::string bytes, CallOptions options) override {
        return storage_.blob_put(std::move(key), std::move(bytes), std::move(options));
    }
    Task<atr::Result<atr::Blob>> blob_get(std::string key, CallOptions options) override {
        return storage_.blob_get(std::move(key), std::move(options));
    }
    Task<atr::Result<std::string>> health(CallOptions options) override { return storage_.health(std::move(options)); }
    Task<atr::Result<std::uint32_t>> purge(std::string collection, std::int64_t older_than_ms, std::uint32_t max,
                                           CallOptions options) override {
        return storage_.purge(std::move(collection), older_than_ms, max, std::move(options));
    }

private:
    struct Waiting {
        std::vector<atr::Key> keys;
        CallOptions options;
        Completion<Records> done;
        UnixMillis since_ms = 0;

        Millis left(UnixMillis now_ms) const { return options.timeout - Millis{now_ms - since_ms}; }
    };
    Task<Records> read(std::vector<atr::Key> keys, CallOptions options);
    std::vector<Waiting> those_in_time(std::vector<Waiting> callers) const;
    Task<> read_for_those_who_wait();
    std::vector<Waiting> next();
    Task<> answer(std::vector<Waiting> callers);
    void ended();

    StoragePort& storage_;
    Executor& executor_;
    TaskScope& scope_;
    const Clock& clock_;
    const GatheringSettings settings_;
    mutable std::mutex mutex_;
    unsigned in_flight_ = 0;
    std::deque<Waiting> waiting_;
};

}  // namespace treasurer
