#include "sqlite_storage.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "batch_judge.hpp"
#include "blobs.hpp"
#include "change_feed.hpp"
#include "commit_request.hpp"
#include "jobs.hpp"
#include "migration.hpp"
#include "open_database.hpp"
#include "purge.hpp"
#include "query.hpp"
#include "record_import.hpp"
#include "record_reader.hpp"
#include "slow_statements.hpp"
#include "snapshot_reader.hpp"

namespace storage_sqlite {
namespace {
using atr::Call;
using atr::rejected;
using atr::Result;
using Deadline = std::chrono::steady_clock::time_point;

/// For a call without a deadline.
constexpr std::chrono::milliseconds longest_wait{30'000};
constexpr std::uint32_t most_jobs_a_lease = 1000;
constexpr std::uint32_t most_purged_at_once = 10'000;
constexpr std::int64_t longest_lease_ms = 86'400'000;
constexpr std::chrono::milliseconds report_every{1000};

Deadline deadline_of(const Call& call) {
    const std::chrono::milliseconds left(call.deadline_unix_ms() - call.now_unix_ms());
    return std::chrono::steady_clock::now() + (call.deadline_unix_ms() > 0 ? left : longest_wait);
}

/// A commit that this file has not seen yet was made to another one, or to what this is a restored copy of.
Result<> check_reached(Connection& connection, std::uint64_t min_seq) {
    if (min_seq == 0) return {};
    Run state(connection.prepared("SELECT commit_seq FROM atr_state"));
    if (state.step() && static_cast<std::uint64_t>(state.integer_at(0)) >= min_seq) return {};
    return atr::retry(ATR_E_UNSPEC, "commit " + std::to_string(min_seq) + " is not in this store (yet)");
}

/// Runs `work` in the writer's next transaction and returns what it answered, once that is durable. `work` must own
/// all it uses.
template <class T>
Result<T> write(GroupWriter& writer, Deadline deadline, std::function<Result<T>(WriteTransaction&)> work) {
    const auto answer = std::make_shared<Result<T>>(atr::unknown(ATR_E_INTERNAL, "not run"));
    auto request = std::make_shared<FunctionRequest>(
        [answer, work = std::move(work)](WriteTransaction& transaction) { *answer = work(transaction); });
    const auto done = writer.submit(request, deadline);
    if (!done) return done.error();
    return std::move(*answer);
}

Result<> check_lease(const std::string& worker, std::int64_t lease_ms) {
    if (worker.empty()) return rejected(ATR_E_BAD_INPUT, "a lease needs the name of its worker");
    if (lease_ms < 1 || lease_ms > longest_lease_ms)
        return rejected(ATR_E_BAD_INPUT, "lease_ms must be 1 to " + std::to_string(longest_lease_ms));
    return {};
}

Result<> check_migrated(const Catalog& catalog) {
    if (catalog.generation == 0) return rejected(ATR_E_BAD_INPUT, "the store has no schema yet: migrate first");
    return {};
}

std::uint64_t size_of(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    return error ? 0 : size;
}

}  // namespace

Result<std::unique_ptr<SqliteStorage>> SqliteStorage::create(const std::string& instance, Settings settings,
                                                             Clock clock, std::unique_ptr<atr::SlowStatements> slow) {
    const bool looks_for_slow = slow && settings.slow_statement > std::chrono::milliseconds::zero();
    Connection::Options reading{.path = settings.path,
                                .busy_timeout = settings.busy_timeout,
                                .flush_every_commit = settings.synchronous == "full",
                                .slow = looks_for_slow ? slow.get() : nullptr};
    Connection::Options writing = reading;
    writing.cache_kib = settings.cache_mib * 1024;
    writing.create = settings.create;
    auto connection = open_database(instance, writing);
    if (!connection) return connection.error();
    try {
        return std::unique_ptr<SqliteStorage>(new SqliteStorage(std::move(settings), std::move(reading),
                                                                std::move(*connection), std::move(clock),
                                                                looks_for_slow ? std::move(slow) : nullptr));
    } catch (const SqlError& error) {
        return to_error(error, atr::Outcome::rejected, "storage '" + instance + "': " + writing.path);
    }
}

SqliteStorage::SqliteStorage(Settings settings, Connection::Options reading, std::unique_ptr<Connection> writing,
                             Clock clock, std::unique_ptr<atr::SlowStatements> slow)
    : settings_(std::move(settings)),
      clock_(std::move(clock)),
      slow_(std::move(slow)),
      readers_(reading, static_cast<std::size_t>(settings_.readers)),
      snapshots_(reading),
      writer_(std::move(writing),
              {.max_group = static_cast<std::size_t>(settings_.max_group),
               .max_queue = static_cast<std::size_t>(settings_.max_queue)},
              clock_) {
    if (slow_) reporting_.emplace(report_every, [this] { tell_slow(*slow_, readers_); });
}

Result<> SqliteStorage::migrate(const Call& call, const atr::Schema& schema) {
    if (auto checked = check_schema(schema); !checked) return checked;
    return write<atr::Unit>(writer_, deadline_of(call),
                            [schema](WriteTransaction& transaction) { return apply_schema(transaction, schema); });
}

Result<std::vector<atr::Record>> SqliteStorage::get(const Call& call, const std::vector<atr::Key>& keys, std::uint32_t,
                                                    std::uint64_t min_seq) {
    const auto catalog = writer_.catalog();
    return readers_.with(deadline_of(call), [&](Connection& connection) -> Result<std::vector<atr::Record>> {
        if (auto reached = check_reached(connection, min_seq); !reached) return reached.error();
        return read_records(connection, *catalog, keys);
    });
}

Result<> SqliteStorage::commit(const Call& call, std::span<const atr::Batch> batches, std::span<atr::Commit> results) {
    snapshots_.close_idle();
    return commit_batches(writer_, batches, results, deadline_of(call));
}

Result<atr::Page> SqliteStorage::query(const Call& call, const atr::Query& query) {
    snapshots_.close_idle();
    std::optional<Position> after;
    if (!query.cursor.empty()) {
        after = from_cursor(query.cursor, query);
        if (!after) return rejected(ATR_E_BAD_INPUT, "the cursor is not one of this query");
    }
    if ((after ? after->snapshot != 0 : (query.flags & ATR_Q_SNAPSHOT) != 0)) return query_snapshot(query, after);
    const auto catalog = writer_.catalog();
    return readers_.with(deadline_of(call), [&](Connection& connection) -> Result<atr::Page> {
        ReadScope moment(connection);
        if (auto reached = check_reached(connection, query.min_seq); !reached) return reached.error();
        auto page = read_page(connection, *catalog, query, after);
        if (!page) return page.error();
        return atr::Page{std::move(page->records), page->next ? to_cursor(*page->next, query) : std::string()};
    });
}

Result<atr::Page> SqliteStorage::query_snapshot(const atr::Query& query, const std::optional<Position>& after) {
    std::unique_ptr<Snapshots::Snapshot> snapshot;
    try {
        if (after) {
            snapshot = snapshots_.take(after->snapshot);
            if (!snapshot)
                return rejected(ATR_E_BAD_INPUT, "the snapshot of this cursor is closed: begin the query again");
        } else {
            auto opened = snapshots_.open();
            if (!opened) return opened.error();
            snapshot = std::move(*opened);
            if (auto reached = check_reached(snapshot->connection, query.min_seq); !reached) {
                snapshots_.close(std::move(snapshot));
                return reached.error();
            }
        }
        auto page = read_page(snapshot->connection, *writer_.catalog(), query, after);
        if (!page || !page->next) {
            snapshots_.close(std::move(snapshot));
            if (!page) return page.error();
            return atr::Page{std::move(page->records), std::string()};
        }
        page->next->snapshot = snapshots_.keep(std::move(snapshot), after ? after->snapshot : 0);
        return atr::Page{std::move(page->records), to_cursor(*page->next, query)};
    } catch (const SqlError& error) {
        if (snapshot) snapshots_.close(std::move(snapshot));
        return to_error(error, atr::Outcome::retry, settings_.path);
    } catch (...) {
        if (snapshot) snapshots_.close(std::move(snapshot));
        throw;
    }
}

Result<std::vector<atr::Job>> SqliteStorage::lease(const Call& call, const std::string& queue,
                                                   const std::string& worker, std::uint32_t max,
                                                   std::int64_t lease_ms) {
    using Jobs = std::vector<atr::Job>;
    if (auto checked = check_lease(worker, lease_ms); !checked) return checked.error();
    if (max < 1 || max > most_jobs_a_lease)
        return rejected(ATR_E_BAD_INPUT, "max must be 1 to " + std::to_string(most_jobs_a_lease));
    if (auto migrated = check_migrated(*writer_.catalog()); !migrated) return migrated.error();
    const Deadline deadline = deadline_of(call);
    const auto due = readers_.with(
        deadline, [&](Connection& connection) -> Result<bool> { return any_job_due(connection, queue, clock_()); });
    if (!due) return due.error();
    if (!*due) return Jobs{};
    return write<Jobs>(writer_, deadline, [=](WriteTransaction& transaction) -> Result<Jobs> {
        return lease_jobs(transaction, queue, worker, max, lease_ms);
    });
}

Result<std::uint32_t> SqliteStorage::extend_leases(const Call& call, const std::string& worker, std::int64_t lease_ms) {
    if (auto checked = check_lease(worker, lease_ms); !checked) return checked.error();
    if (auto migrated = check_migrated(*writer_.catalog()); !migrated) return migrated.error();
    const Deadline deadline = deadline_of(call);
    const auto holds = readers_.with(
        deadline, [&](Connection& connection) -> Result<bool> { return holds_any_job(connection, worker); });
    if (!holds) return holds.error();
    if (!*holds) return std::uint32_t{0};
    return write<std::uint32_t>(writer_, deadline, [=](WriteTransaction& transaction) -> Result<std::uint32_t> {
        return storage_sqlite::extend_leases(transaction, worker, lease_ms);
    });
}

Result<atr::Changes> SqliteStorage::changes(const Call& call, std::uint64_t after_seq, std::uint32_t limit) {
    const auto catalog = writer_.catalog();
    if (auto migrated = check_migrated(*catalog); !migrated) return migrated.error();
    return readers_.with(deadline_of(call), [&](Connection& connection) -> Result<atr::Changes> {
        ReadScope moment(connection);
        return read_changes(connection, *catalog, after_seq, limit);
    });
}

Result<> SqliteStorage::blob_put(const Call& call, const std::string& key, std::string_view bytes) {
    if (!is_usable_key(key)) return rejected(ATR_E_BAD_INPUT, "a blob's key has 1 to 1024 bytes");
    if (bytes.size() > most_body_bytes) return rejected(ATR_E_TOO_LARGE, "blob " + key + " is too large");
    if (auto migrated = check_migrated(*writer_.catalog()); !migrated) return migrated;
    return write<atr::Unit>(
        writer_, deadline_of(call),
        [key, owned = std::string(bytes)](WriteTransaction& transaction) { return put_blob(transaction, key, owned); });
}

Result<atr::Blob> SqliteStorage::blob_get(const Call& call, const std::string& key, std::uint64_t offset,
                                          std::uint64_t length) {
    if (auto migrated = check_migrated(*writer_.catalog()); !migrated) return migrated.error();
    return readers_.with(deadline_of(call),
                         [&](Connection& connection) { return get_blob(connection, key, offset, length); });
}

Result<std::uint32_t> SqliteStorage::purge(const Call& call, const std::string& collection,
                                           std::int64_t older_than_unix_ms, std::uint32_t max) {
    const auto catalog = writer_.catalog();
    if (auto migrated = check_migrated(*catalog); !migrated) return migrated.error();
    const std::uint32_t most = std::min(max, most_purged_at_once);
    const Deadline deadline = deadline_of(call);
    if (collection == "atr.changes")
        return write<std::uint32_t>(writer_, deadline, [=](WriteTransaction& transaction) -> Result<std::uint32_t> {
            const std::uint32_t purged = purge_changes(transaction.connection(), older_than_unix_ms, most);
            if (purged > 0) transaction.touch();
            return purged;
        });
    auto keys = readers_.with(deadline, [&](Connection& connection) {
        return find_old(connection, *catalog, collection, older_than_unix_ms, most, clock_());
    });
    if (!keys) return keys.error();
    if (keys->empty()) return std::uint32_t{0};
    return write<std::uint32_t>(writer_, deadline,
                                [=, old = std::move(*keys)](WriteTransaction& transaction) -> Result<std::uint32_t> {
                                    return remove_old(transaction, collection, old, older_than_unix_ms);
                                });
}

Result<atr::OpenSnapshot> SqliteStorage::open_snapshot(const Call&) {
    snapshots_.close_idle();
    auto opened = snapshots_.open();
    if (!opened) return opened.error();
    std::unique_ptr<Snapshots::Snapshot> snapshot = std::move(*opened);
    try {
        atr::OpenSnapshot out = describe_store(snapshot->connection);
        out.id = snapshots_.keep(std::move(snapshot), 0);
        return out;
    } catch (const SqlError& error) {
        snapshots_.close(std::move(snapshot));
        return to_error(error, atr::Outcome::retry, settings_.path);
    }
}

Result<std::vector<atr::Record>> SqliteStorage::read_snapshot(const Call&, std::uint64_t id,
                                                              const std::string& collection,
                                                              const std::string& after_key, std::uint32_t limit) {
    auto snapshot = snapshots_.take(id);
    if (!snapshot) return rejected(ATR_E_BAD_INPUT, "the snapshot is closed: open another");
    try {
        auto records = read_records_after(snapshot->connection, *writer_.catalog(), collection, after_key, limit);
        snapshots_.keep(std::move(snapshot), id);
        return records;
    } catch (const SqlError& error) {
        snapshots_.close(std::move(snapshot));
        return to_error(error, atr::Outcome::retry, settings_.path);
    }
}

Result<> SqliteStorage::close_snapshot(const Call&, std::uint64_t id) {
    if (auto snapshot = snapshots_.take(id)) snapshots_.close(std::move(snapshot));
    return {};
}

Result<> SqliteStorage::import_records(const Call& call, const atr::Import& import) {
    if (auto migrated = check_migrated(*writer_.catalog()); !migrated) return migrated;
    return write<atr::Unit>(writer_, deadline_of(call), [import](WriteTransaction& transaction) {
        return storage_sqlite::import_records(transaction, import);
    });
}

Result<std::string> SqliteStorage::health(const Call& call) {
    return readers_.with(deadline_of(call), [&](Connection& connection) -> Result<std::string> {
        nlohmann::json out = {{"path", settings_.path},
                              {"bytes", size_of(settings_.path)},
                              {"wal_bytes", size_of(settings_.path + "-wal")},
                              {"synchronous", settings_.synchronous},
                              {"waiting_batches", writer_.waiting()}};
        Run mode(connection.prepared("PRAGMA journal_mode"));
        if (mode.step()) out["journal_mode"] = std::string(mode.text_at(0));
        const auto catalog = writer_.catalog();
        out["schema_version"] = catalog->schema_version;
        if (catalog->generation != 0) {
            Run state(connection.prepared("SELECT commit_seq FROM atr_state"));
            if (state.step()) out["commit_seq"] = state.integer_at(0);
        }
        return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    });
}

}  // namespace storage_sqlite
