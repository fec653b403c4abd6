/// A storage for dry runs: it reads what is there, and judges a commit as a storage would at this moment, and then
/// forgets it. Whatever works on it goes through every line of the real thing and leaves nothing behind.
#pragma once

#include "ports/storage_port.hpp"

namespace treasurer {

/// Threads: any. Lifetime: what it reads outlives it and its tasks. Errors: those of reading; a commit is never
/// `unknown`, since nothing of it is sent. Judged: versions, absence, and the bounds of counters. A job is always new
/// here, no lease is held, and no index is unique (record_schema() has none).
class RehearsedStorage final : public StoragePort {
public:
    explicit RehearsedStorage(StoragePort& real) : real_(real) {}

    Task<atr::Result<std::vector<atr::Record>>> get(std::vector<atr::Key> keys, CallOptions options) override {
        return real_.get(std::move(keys), std::move(options));
    }
    Task<atr::Result<atr::Page>> query(atr::Query query, CallOptions options) override {
        return real_.query(std::move(query), std::move(options));
    }
    Task<atr::Result<atr::Blob>> blob_get(std::string key, CallOptions options) override {
        return real_.blob_get(std::move(key), std::move(options));
    }
    Task<atr::Result<atr::Changes>> changes(std::uint64_t after_seq, std::uint32_t limit,
                                            CallOptions options) override {
        return real_.changes(after_seq, limit, std::move(options));
    }
    Task<atr::Result<std::string>> health(CallOptions options) override { return real_.health(std::move(options)); }

    /// Without sequence: what was not written has no place among what was. Versions as they would be, of the records
    /// that the batch has a condition on.
    Task<std::vector<atr::Commit>> commit(Batches batches, CallOptions options) override;

    /// Whatever else would write is unsupported.
    Task<atr::Result<>> migrate(atr::Schema schema, CallOptions options) override;
    Task<atr::Result<std::vector<atr::Job>>> lease(std::string queue, std::string worker, std::uint32_t max,
                                                   Millis lease, CallOptions options) override;
    Task<atr::Result<std::uint32_t>> extend_leases(std::string worker, Millis lease, CallOptions options) override;
    Task<atr::Result<>> blob_put(std::string key, std::string bytes, CallOptions options) override;

private:
    StoragePort& real_;
};

}  // namespace treasurer
