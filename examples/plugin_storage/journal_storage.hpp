/// A storage plugin in one append-only file: every commit is an entry, the rows are held in memory, and several hosts
/// on one machine share the file. For reading, and for stores that fit into memory: every page looks at a whole
/// collection.
///
/// Threads: every method may be called concurrently. Errors: returned; a full or failing disk as `unknown`, since an
/// entry may have reached it.
#pragma once

#include <atr/storage.hpp>
#include <functional>
#include <map>
#include <mutex>

#include "journal.hpp"
#include "rows.hpp"

namespace journal_storage {

struct JournalSettings {
    std::string path = "store.journal";
};

class JournalStorage final : public atr::Storage {
public:
    using Settings = JournalSettings;
    static atr::Config<Settings> config() {
        return atr::Config<Settings>{}.text("path", &Settings::path, "The file; its folder must exist");
    }
    /// Errors: rejected  the file cannot be opened
    static atr::Result<std::unique_ptr<JournalStorage>> create(const atr::Host&, std::string instance,
                                                               Settings settings);
    explicit JournalStorage(const std::string& file) : journal_(file) {}

    atr::Result<> migrate(const atr::Call&, const atr::Schema&) override;
    atr::Result<std::vector<atr::Record>> get(const atr::Call&, const std::vector<atr::Key>&, std::uint32_t flags,
                                              std::uint64_t min_seq) override;
    atr::Result<> commit(const atr::Call&, std::span<const atr::Batch>, std::span<atr::Commit> results) override;
    atr::Result<atr::Page> query(const atr::Call&, const atr::Query&) override;
    atr::Result<std::vector<atr::Job>> lease(const atr::Call&, const std::string& queue, const std::string& worker,
                                             std::uint32_t max, std::int64_t lease_ms) override;
    atr::Result<std::uint32_t> extend_leases(const atr::Call&, const std::string& worker,
                                             std::int64_t lease_ms) override;
    atr::Result<atr::Changes> changes(const atr::Call&, std::uint64_t after_seq, std::uint32_t limit) override;
    atr::Result<> blob_put(const atr::Call&, const std::string& key, std::string_view bytes) override;
    atr::Result<atr::Blob> blob_get(const atr::Call&, const std::string& key, std::uint64_t offset,
                                    std::uint64_t length) override;
    atr::Result<std::uint32_t> purge(const atr::Call&, const std::string& collection, std::int64_t older_than_unix_ms,
                                     std::uint32_t max) override;

private:
    void catch_up();
    void write(const std::vector<Json>& entries);

    std::mutex mutex_;
    Journal journal_;
    Rows rows_;
    std::map<std::string, std::vector<atr::Record>> snapshots_;  ///< by cursor: what is left of the answer
    std::uint64_t next_snapshot_ = 1;
};

}  // namespace journal_storage
