/// Storage in PostgreSQL: real tables in one schema, shared by any number of hosts. Every group of batches is one
/// transaction, on a connection of its own.
/// Threads and errors: as atr::Storage says.
#pragma once

#include <atr/repeating.hpp>
#include <atr/slow_statements.hpp>
#include <atr/storage_copy.hpp>
#include <memory>
#include <optional>
#include <string>

#include "cursor.hpp"
#include "group_commit.hpp"
#include "query.hpp"
#include "replica.hpp"
#include "settings.hpp"
#include "snapshots.hpp"

namespace storage_postgres {

class PostgresStorage final : public atr::Storage, public atr::StorageCopy {
public:
    using Settings = storage_postgres::Settings;
    static atr::Config<Settings> config() { return settings_config(); }

    /// Connects to nothing yet. Errors: rejected, saying which setting and why.
    static atr::Result<std::unique_ptr<PostgresStorage>> create(const atr::Host& host, const std::string& instance,
                                                                Settings settings) {
        return create(host, instance, std::move(settings), database_clock);
    }
    /// The same with a clock of the caller's, by which leases and keys expire.
    static atr::Result<std::unique_ptr<PostgresStorage>> create(const atr::Host& host, const std::string& instance,
                                                                Settings settings, Clock clock);

    /// Also refuses, as rejected, what cannot work: a pooler in transaction mode with prepared statements, a server too
    /// old, a database that is not UTF-8.
    atr::Result<> migrate(const atr::Call&, const atr::Schema&) override;
    atr::Result<std::vector<atr::Record>> get(const atr::Call&, const std::vector<atr::Key>&, std::uint32_t flags,
                                              std::uint64_t min_seq) override;
    atr::Result<> commit(const atr::Call&, std::span<const atr::Batch>, std::span<atr::Commit> results) override;
    /// With ATR_Q_MAY_LAG the replica answers, if there is one that lags little enough and has `min_seq`.
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
    PostgresStorage(const atr::Host& host, Settings settings, Clock clock);
    atr::Result<Session::Options> target(bool writes);
    std::unique_ptr<Replica> make_replica();
    void report();
    /// Runs `work(session, catalog)`. `outcome`: what a broken connection means to the caller.
    template <class T, class Work>
    atr::Result<T> with_session(const atr::Call& call, atr::Outcome outcome, Work work);
    atr::Result<atr::Page> query_snapshot(const atr::Call& call, const atr::Query& query,
                                          const std::optional<Position>& after);

    const atr::Host host_;
    const Settings settings_;
    const Clock clock_;
    atr::SlowStatements slow_;
    SessionPool pool_;
    SchemaCache schema_;
    GroupCommit commits_;
    Snapshots snapshots_;
    std::unique_ptr<Replica> replica_;
    std::optional<atr::Repeating> reporting_;
};

}  // namespace storage_postgres
