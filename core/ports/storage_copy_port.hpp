/// What whole copies need of a storage beyond StoragePort: one moment of all of it, and records written as they stand.
/// Threads: any; the pages of one snapshot one after the other. Errors: returned, as StoragePort's are; unsupported
/// when the storage offers no copies.
#pragma once

#include <atr/storage_copy.hpp>
#include <string>
#include <vector>

#include "ports/call_options.hpp"

namespace treasurer {

class StorageCopyPort {
public:
    virtual ~StorageCopyPort() = default;
    virtual Task<atr::Result<atr::OpenSnapshot>> open_snapshot(CallOptions options) = 0;
    virtual Task<atr::Result<std::vector<atr::Record>>> read_snapshot(std::uint64_t snapshot, std::string collection,
                                                                      std::string after_key, std::uint32_t limit,
                                                                      CallOptions options) = 0;
    virtual Task<atr::Result<>> close_snapshot(std::uint64_t snapshot, CallOptions options) = 0;
    virtual Task<atr::Result<>> import_records(atr::Import import, CallOptions options) = 0;
};

}  // namespace treasurer
