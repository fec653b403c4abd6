/// Storage as the core sees it. Behind it stands a plugin, or a simulated store in tests.
/// Threads: any. Errors: returned. A commit whose deadline passes is `unknown`; a read whose deadline passes is
/// `retry`.
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <vector>

#include "ports/batches.hpp"
#include "ports/call_options.hpp"

namespace treasurer {

class StoragePort {
public:
    virtual ~StoragePort() = default;
    virtual Task<atr::Result<>> migrate(atr::Schema schema, CallOptions options) = 0;
    virtual Task<atr::Result<std::vector<atr::Record>>> get(std::vector<atr::Key> keys, CallOptions options) = 0;
    /// One entry a batch, in order. When the call as a whole fails, every entry carries that failure.
    virtual Task<std::vector<atr::Commit>> commit(Batches batches, CallOptions options) = 0;
    virtual Task<atr::Result<atr::Page>> query(atr::Query query, CallOptions options) = 0;
    virtual Task<atr::Result<std::vector<atr::Job>>> lease(std::string queue, std::string worker, std::uint32_t max,
                                                           Millis lease, CallOptions options) = 0;
    virtual Task<atr::Result<std::uint32_t>> extend_leases(std::string worker, Millis lease, CallOptions options) = 0;
    virtual Task<atr::Result<atr::Changes>> changes(std::uint64_t after_seq, std::uint32_t limit,
                                                    CallOptions options) = 0;
    virtual Task<atr::Result<>> blob_put(std::string key, std::string bytes, CallOptions options) = 0;
    virtual Task<atr::Result<atr::Blob>> blob_get(std::string key, CallOptions options) = 0;
    virtual Task<atr::Result<std::string>> health(CallOptions options) = 0;
    /// Forgets up to `max` records of `collection` that were not updated since `older_than_ms`, oldest first; how many.
    /// Of "atr.keys" only those that have expired go; of "atr.changes" whole commits: a follower that has not read them
    /// is told that there is a gap. Errors: unsupported: this storage keeps everything.
    virtual Task<atr::Result<std::uint32_t>> purge(std::string /*collection*/, std::int64_t /*older_than_ms*/,
                                                   std::uint32_t /*max*/, CallOptions /*options*/) {
        co_return atr::Error{.outcome = atr::Outcome::unsupported, .message = "this storage purges nothing"};
    }
};

}  // namespace treasurer
