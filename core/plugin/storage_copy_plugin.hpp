/// StorageCopyPort over a storage plugin's optional table.
/// Threads: any. Lifetime: the instance outlives it and its calls. Errors: returned; an answer that breaks the contract
/// makes a read `retry` and an import `unknown`.
#pragma once

#include <memory>

#include "plugin/plugin_instance.hpp"
#include "ports/storage_copy_port.hpp"

namespace treasurer {

class StorageCopyPlugin final : public StorageCopyPort {
public:
    /// Null when the plugin has no such table. Errors: rejected, ATR_E_CONFIG: its table is not whole.
    static atr::Result<std::unique_ptr<StorageCopyPlugin>> make(PluginInstance& instance);

    Task<atr::Result<atr::OpenSnapshot>> open_snapshot(CallOptions options) override;
    Task<atr::Result<std::vector<atr::Record>>> read_snapshot(std::uint64_t snapshot, std::string collection,
                                                              std::string after_key, std::uint32_t limit,
                                                              CallOptions options) override;
    Task<atr::Result<>> close_snapshot(std::uint64_t snapshot, CallOptions options) override;
    Task<atr::Result<>> import_records(atr::Import import, CallOptions options) override;

private:
    StorageCopyPlugin(PluginInstance& instance, const atr_storage_copy& table)
        : instance_(instance), table_(table), self_(instance.self()) {}

    PluginInstance& instance_;
    const atr_storage_copy table_;
    void* const self_;
};

}  // namespace treasurer
