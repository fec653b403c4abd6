/// Whole copies of a MemoryStorage, with the semantics that atr.h asks of atr.storage.copy/1.
/// Threads and errors: as MemoryStorage.
#pragma once

#include "ports/storage_copy_port.hpp"
#include "tests/support/simulated.hpp"

namespace support {

class MemoryStorageCopy final : public treasurer::StorageCopyPort {
public:
    /// `storage` outlives it.
    explicit MemoryStorageCopy(MemoryStorage& storage) : storage_(storage) {}

    using CallOptions = treasurer::CallOptions;
    template <class T>
    using Task = treasurer::Task<T>;

    Task<atr::Result<atr::OpenSnapshot>> open_snapshot(CallOptions) override;
    Task<atr::Result<std::vector<atr::Record>>> read_snapshot(std::uint64_t snapshot, std::string collection,
                                                              std::string after_key, std::uint32_t limit,
                                                              CallOptions) override;
    Task<atr::Result<>> close_snapshot(std::uint64_t snapshot, CallOptions) override;
    Task<atr::Result<>> import_records(atr::Import import, CallOptions) override;

    /// After so many more imports every call fails, as if the process had been killed; nullopt: never.
    void die_after_imports(std::optional<std::size_t> imports) { imports_left_ = imports; }
    std::size_t imports() const { return imports_; }

private:
    using Content = std::map<std::string, std::map<std::string, atr::Record>>;
    Content content() const;
    void put(const atr::Record& record);
    void put_job(const atr::Record& record);
    void put_key(const atr::Record& record);
    void remove(const atr::Key& key);
    bool dead() const { return imports_left_ && *imports_left_ == 0; }

    MemoryStorage& storage_;
    std::map<std::uint64_t, Content> snapshots_;
    std::uint64_t next_ = 1;
    std::size_t imports_ = 0;
    std::optional<std::size_t> imports_left_;
};

}  // namespace support
