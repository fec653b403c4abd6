/// Storage in one SQLite file: write-ahead log, one writing thread with group commit, several reading connections.
/// Several processes on one machine may share the file; nothing here assumes to be the only one.
/// Threads and errors: as atr::Storage says.
#pragma once

#include <atr/repeating.hpp>
#include <atr/slow_statements.hpp>
#include <atr/storage_copy.hpp>
#include <memory>
#include <optional>
#include <string>

#include "cursor.hpp"
#include "group_writer.hpp"
#include "reader_pool.hpp"
#include "settings.hpp"
#include "snapshots.hpp"

namespace storage_sqlite {

class SqliteStorage final : public atr::Storage, public atr::StorageCopy {
public:
    using Settings = storage_sqlite::Settings;
    static atr::Config<Settings> config() { return settings_config(); }

    /// Opens or makes the file. Errors: rejected, saying which file and what to do about it.
    static atr::Result<std::unique_ptr<SqliteStorage>> create(const atr::Host& host, const std::string& instance,
                                                              Settings settings) {
        auto slow = std::make_unique<atr::SlowStatements>(host, settings.slow_statement);
        return create(instance, std::move(settings), system_now_ms, std::move(slow));
    }
    /// The same with a clock of the caller's, by which leases and keys expire. `slow`: null keeps quiet about what
    /// takes long.
    static atr::Result<std::unique_ptr<SqliteStorage>> create(const std::string& instance, Settings settings,
                                                              Clock clock,
                                                              std::unique_ptr<atr::SlowStatements> slow = nullptr);

    atr::Result<> migrate(const atr::Call&, const atr::Schema&) override;
    atr::Result<std::vector<atr::Record>> get(const atr::Call&, const std::vector<atr::Key>&, std::uint32_t flags,
                                              std::uint64_t min_seq) override;
    atr::Result<> commit(const atr::Call&, std::span<const atr::Batch>, std::span<atr::Commit> results) override;
    atr::Result<atr::Page> query(const atr::Call&, const atr::Query&) override;
    atr::Result<std::vector<atr::Job>> lease(const atr::Call&, const std::string& queue, const std::string& worker,
                                             std::uint32_t max, std::int64_t lease_ms) override;
    atr::Result<std::uint32_t> extend_leases(const atr::Call&, const std::string& worker,
                                             std::int64_t lease_ms) override;
    /// See change_feed.hpp for `limit` 0 and for a follower that has fallen too far behind.
    atr::Result<atr::Changes> changes(const atr::Call&, std::uint64_t after_seq, std::uint32_t limit) override;
    atr::Result<> blob_put(const atr::Call&, const std::string& key, std::string_view bytes) override;
    atr::Result<atr::Blob> blob_get(const atr::Call&, const std::string& key, std::uint64_t offset,
                                    std::uint64_t length) override;
    /// See purge.hpp for what may be purged.
    atr::Result<std::uint32_t> purge(const atr::Call&, const std::string& collection, std::int64_t older_than_unix_ms,
                                     std::uint32_t max) override;
    atr::Result<std::string> health(const atr::Call&) override;

    atr::Result<atr::OpenSnapshot> open_snapshot(const atr::Call&) override;
    atr::Result<std::vector<atr::Record>> read_snapshot(const atr::Call&, std::uint64_t snapshot,
                                                        const std::string& collection, const std::string& after_key,
                                                        std::uint32_t limit) override;
    atr::Result<> close_snapshot(const atr::Call&, std::uint64_t snapshot) override;
    atr::Result<> import_records(const atr::Call&, const atr::Import&) override;

private:
    SqliteStorage(Settings settings, Connection::Options reading, std::unique_ptr<Connection> writing, Clock clock,
                  std::unique_ptr<atr::SlowStatements> slow);
    atr::Result<atr::Page> query_snapshot(const atr::Query& query, const std::optional<Position>& after);

    const Settings settings_;
    const Clock clock_;
    const std::unique_ptr<atr::SlowStatements> slow_;  ///< before the connections that tell it
    ReaderPool readers_;
    Snapshots snapshots_;
    GroupWriter writer_;
    std::optional<atr::Repeating> reporting_;
};

}  // namespace storage_sqlite
