/// Where a copy's records come from: a moment of a live store, or a backup file.
#pragma once

#include "copy/patient_storage.hpp"

#include <optional>
#include <string>
#include <vector>

namespace treasurer::copy {

struct SourceInfo {
    std::string store_id;  ///< empty: a store that no host ever served
    atr::StoreState state;
    std::vector<std::string> collections;  ///< in the order of their names
};

/// Threads: one at a time. Errors: returned.
class RecordSource {
public:
    virtual ~RecordSource() = default;
    virtual const SourceInfo& info() const = 0;
    /// The next records of the collection in the order of their keys; none: its end. Collections are read one after
    /// the other in info()'s order, each from its first record to its end; `after_key` is the last key given.
    virtual Task<atr::Result<std::vector<atr::Record>>> page(std::string collection, std::string after_key) = 0;
};

/// One moment of a store. close() it; a forgotten one is closed by the storage itself.
class SnapshotSource final : public RecordSource {
public:
    /// Errors: those of the storage; rejected  never migrated, or itself an unfinished copy unless that is allowed.
    static Task<atr::Result<SnapshotSource>> open(PatientStorage& storage, bool unfinished_allowed = false);

    const SourceInfo& info() const override { return info_; }
    Task<atr::Result<std::vector<atr::Record>>> page(std::string collection, std::string after_key) override;
    Task<> close() { return storage_->close_snapshot(snapshot_); }

private:
    SnapshotSource(PatientStorage& storage, std::uint64_t snapshot) : storage_(&storage), snapshot_(snapshot) {}

    PatientStorage* storage_;
    std::uint64_t snapshot_;
    SourceInfo info_;
};

/// Records a page, at most.
inline constexpr std::uint32_t page_size = 1000;

}  // namespace treasurer::copy
