/// A storage's copy port, asked again while it says "not now": a copy runs for long, and every step of it may be
/// repeated.
/// Threads: as StorageCopyPort. Lifetime: what it is given outlives it. Errors: what is no use to repeat, and retry or
/// unknown after a minute of repeats.
#pragma once

#include "ports/storage_copy_port.hpp"
#include "ports/storage_port.hpp"
#include "runtime/executor.hpp"

namespace treasurer::copy {

class PatientStorage {
public:
    PatientStorage(StorageCopyPort& storage, Executor& executor) : storage_(storage), executor_(executor) {}

    Task<atr::Result<atr::OpenSnapshot>> open_snapshot();
    Task<atr::Result<std::vector<atr::Record>>> read_snapshot(std::uint64_t snapshot, std::string collection,
                                                              std::string after_key, std::uint32_t limit);
    Task<> close_snapshot(std::uint64_t snapshot);
    Task<atr::Result<>> import_records(atr::Import import);
    /// Of the same storage, through its other port.
    Task<atr::Result<std::vector<atr::Record>>> get(StoragePort& storage, std::vector<atr::Key> keys);

private:
    template <class T, class Call>
    Task<atr::Result<T>> repeat(Call call);

    StorageCopyPort& storage_;
    Executor& executor_;
};

}  // namespace treasurer::copy
