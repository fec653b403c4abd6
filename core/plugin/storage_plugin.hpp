/// StoragePort over a storage plugin's table.
/// Threads: any. Lifetime: the instance outlives it and its calls. Errors: returned; a record or answer that breaks the
/// contract makes a read `retry` and a call with an effect `unknown`.
#pragma once

#include <memory>

#include "plugin/plugin_instance.hpp"
#include "ports/storage_port.hpp"

namespace treasurer {

class StoragePlugin final : public StoragePort {
public:
    static atr::Result<std::unique_ptr<StoragePlugin>> make(PluginInstance& instance);

    Task<atr::Result<>> migrate(atr::Schema schema, CallOptions options) override;
    Task<atr::Result<std::vector<atr::Record>>> get(std::vector<atr::Key> keys, CallOptions options) override;
    Task<std::vector<atr::Commit>> commit(Batches batches, CallOptions options) override;
    Task<atr::Result<atr::Page>> query(atr::Query query, CallOptions options) override;
    Task<atr::Result<std::vector<atr::Job>>> lease(std::string queue, std::string worker, std::uint32_t max,
                                                   Millis lease, CallOptions options) override;
    Task<atr::Result<std::uint32_t>> extend_leases(std::string worker, Millis lease, CallOptions options) override;
    Task<atr::Result<atr::Changes>> changes(std::uint64_t after_seq, std::uint32_t limit, CallOptions options) override;
    Task<atr::Result<>> blob_put(std::string key, std::string bytes, CallOptions options) override;
    Task<atr::Result<atr::Blob>> blob_get(std::string key, CallOptions options) override;
    Task<atr::Result<std::string>> health(CallOptions options) override;
    Task<atr::Result<std::uint32_t>> purge(std::string collection, std::int64_t older_than_ms, std::uint32_t max,
                                           CallOptions options) override;

private:
    StoragePlugin(PluginInstance& instance, const atr_storage& table)
        : instance_(instance), table_(table), self_(instance.self()) {}

    PluginInstance& instance_;
    const atr_storage table_;
    void* const self_;
};

}  // namespace treasurer
