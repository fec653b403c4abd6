#include "postgres_storage.hpp"

#include <atr/metrics.hpp>
#include <nlohmann/json.hpp>

#include "blobs.hpp"
#include "change_feed.hpp"
#include "connection_string.hpp"
#include "fresh_read.hpp"
#include "jobs.hpp"
#include "migration.hpp"
#include "purge.hpp"
#include "record_import.hpp"
#include "record_reader.hpp"
#include "rights_check.hpp"
#include "slow_statements.hpp"
#include "snapshot_reader.hpp"

namespace storage_postgres {
namespace {
using atr::Call;
using atr::Outcome;
using atr::rejected;
using atr::Result;

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

Result<> check_lease(const std::string& worker, std::int64_t lease_ms) {
    if (worker.empty() || !is_usable_name(worker))
        return rejected(ATR_E_BAD_INPUT, "a lease needs the name of its worker");
    if (lease_ms < 1 || lease_ms > longest_lease_ms)
        return rejected(ATR_E_BAD_INPUT, "lease_ms must be 1 to " + std::to_string(longest_lease_ms));
    return {};
}

Result<> check_migrated(const Catalog& catalog) {
    if (catalog.generation == 0) return rejected(ATR_E_BAD_INPUT, "the store has no schema yet: migrate first");
    return {};
}

SessionPool::Options pool_options(const Settings& settings) {
    return {.size = static_cast<std::size_t>(settings.pool_size),
            .overflow = static_cast<std::size_t>(settings.pool_overflow),
            .recycle = settings.pool_recycle,
            .check_idle = settings.pool_check_idle,
            .may_be_shared = !settings.prepared_statements};
}

/// A reader's outcome, or a lone writer's, when the database failed it. Before anything was sent nothing is unknown.
atr::Error failure(const SqlError& error, Outcome when_lost) {
    const bool sent = error.lost() && !dynamic_cast<const ConnectError*>(&error);
    if (sent || error.is_class("57P")) return to_error(error, when_lost);
    return to_error(error, may_pass(error) ? Outcome::retry : Outcome::rejected);
}

}  // namespace

Result<std::unique_ptr<PostgresStorage>> PostgresStorage::create(const atr::Host& host, const std::string& instance,
                                                                 Settings settings, Clock clock) {
    if (auto checked = check_settings(settings); !checked) {
        checked.error().message = "storage '" + instance + "': " + checked.error().message;
        return checked.error();
    }
    return std::unique_ptr<PostgresStorage>(new PostgresStorage(host, std::move(settings), std::move(clock)));
}

PostgresStorage::PostgresStorage(const atr::Host& host, Settings settings, Clock clock)
    : host_(host),
      settings_(std::move(settings)),
      clock_(std::move(clock)),
      slow_(host_, settings_.slow_statement),
      pool_(pool_options(settings_), [this] { return target(true); }),
      schema_(settings_.schema),
      commits_(pool_, schema_, clock_),
      snapshots_(pool_) {
    if (!settings_.replica_url.empty()) replica_ = make_replica();
    if (atr::Metrics(host_).are_wanted() || settings_.slow_statement > std::chrono::milliseconds::zero())
        reporting_.emplace(report_every, [this] { report(); });
}

/// Gauges, and lines about slow statements.
void PostgresStorage::report() {
    const auto pool = pool_.usage(), replica = replica_ ? replica_->usage() : SessionPool::Usage{};
    const auto in_use = pool.busy + replica.busy + snapshots_.count();
    const atr::Metrics metrics(host_);
    metrics.gauge("connections_in_use", static_cast<double>(in_use));
    metrics.gauge("connections_open", static_cast<double>(in_use + pool.idle + replica.idle));
    tell_slow(slow_, pool_);
}

std::unique_ptr<Replica> PostgresStorage::make_replica() {
    return std::make_unique<Replica>(
        pool_options(settings_), [this] { return target(false); }, settings_.replica_max_lag,
        [this](Deadline deadline) -> std::uint64_t {
            auto session = pool_.take(deadline);
            if (!session) throw ConnectError("", session.error().message);
            return (*session)->read({{"SELECT commit_seq FROM atr_state"}}, deadline).front().number(0, 0);
        });
}

Result<Session::Options> PostgresStorage::target(bool writes) {
    std::string password;
    if (!settings_.password.empty()) {
        auto secret = host_.secret(settings_.password);
        // A file of secrets is away while it is replaced: what was asked for is no worse for that.
        if (!secret) return atr::retry(ATR_E_CONFIG, "setting 'password': " + secret.error().message);
        password = std::move(*secret);
        while (!password.empty() && (password.back() == '\n' || password.back() == '\r')) password.pop_back();
    }
    auto connection = connection_string(settings_, writes ? settings_.url : settings_.replica_url, writes, password);
    if (!connection) return connection.error();
    return Session::Options{.connection = std::move(*connection),
                            .settings = session_settings(settings_),
                            .prepared = settings_.prepared_statements,
                            .connect_timeout = settings_.connect_timeout,
                            .statement_timeout = settings_.statement_timeout,
                            .slow = &slow_};
}

template <class T, class Work>
Result<T> PostgresStorage::with_session(const Call& call, Outcome outcome, Work work) {
    const Deadline deadline = deadline_of(call);
    try {
        auto session = pool_.take(deadline);
        if (!session) return session.error();
        auto catalog = schema_.get();
        if (catalog->generation == 0) catalog = schema_.load(**session, deadline);
        try {
            return work(**session, *catalog, deadline);
        } catch (const SqlError& error) {
            const bool is_moved = error.is(sqlstate::schema_moved) || (error.is_class("42") && !error.is("42501"));
            if (!is_moved || !(*session)->roll_back(deadline)) throw;
            schema_.load(**session, deadline);
            return to_error(error, Outcome::retry);
        }
    } catch (const SqlError& error) {
        return failure(error, outcome);
    }
}

Result<> PostgresStorage::migrate(const Call& call, const atr::Schema& schema) {
    if (auto checked = check_schema(schema); !checked) return checked;
    const Deadline deadline = deadline_of(call);
    try {
        auto session = pool_.take(deadline);
        if (!session) return session.error();
        if (replica_)
            if (auto suits = replica_->check(deadline); !suits) return suits;
        if (auto migrated = migrate_schema(**session, settings_.schema, schema, deadline); !migrated) return migrated;
        schema_.load(**session, deadline);
        return {};
    } catch (const SqlError& error) {
        return failure(error, Outcome::unknown);
    }
}

Result<std::vector<atr::Record>> PostgresStorage::get(const Call& call, const std::vector<atr::Key>& keys,
                                                      std::uint32_t, std::uint64_t min_seq) {
    return with_session<std::vector<atr::Record>>(call, Outcome::retry,
                                                  [&](Session& session, const Catalog& catalog, Deadline deadline) {
                                                      return read_records(session, catalog, keys, min_seq, deadline);
                                                  });
}

Result<> PostgresStorage::commit(const Call& call, std::span<const atr::Batch> batches,
                                 std::span<atr::Commit> results) {
    snapshots_.close_idle();
    if (batches.empty()) return {};
    try {
        return commits_.commit(batches, results, deadline_of(call));
    } catch (const SqlError& error) {
        return to_error(error, Outcome::retry);  // outside a transaction: connecting, or reading the catalog
    }
}

Result<atr::Page> PostgresStorage::query(const Call& call, const atr::Query& query) {
    snapshots_.close_idle();
    std::optional<Position> after;
    if (!query.cursor.empty()) {
        after = from_cursor(query.cursor, query);
        if (!after) return rejected(ATR_E_BAD_INPUT, "the cursor is not one of this query");
    }
    if ((after ? after->snapshot != 0 : (query.flags & ATR_Q_SNAPSHOT) != 0)) return query_snapshot(call, query, after);
    const auto to_page = [&query](QueryPage page) {
        return atr::Page{std::move(page.records), page.next ? to_cursor(*page.next, query) : std::string()};
    };
    const auto catalog = schema_.get();
    if (replica_ && (query.flags & ATR_Q_MAY_LAG) != 0 && catalog->generation != 0) {
        auto planned = PageQuery::plan(*catalog, query, after);
        if (!planned) return planned.error();
        try {
            if (auto rows = replica_->read(planned->statement(), query.min_seq, deadline_of(call)))
                return to_page(planned->read(*rows));
        } catch (const SqlError& error) {
            return failure(error, Outcome::retry);
        }
    }
    return with_session<atr::Page>(
        call, Outcome::retry, [&](Session& session, const Catalog& current, Deadline deadline) -> Result<atr::Page> {
            auto planned = PageQuery::plan(current, query, after);
            if (!planned) return planned.error();
            const auto rows = read_at_least(session, {planned->statement()}, query.min_seq, deadline);
            if (!rows) return rows.error();
            return to_page(planned->read(rows->front()));
        });
}

Result<atr::Page> PostgresStorage::query_snapshot(const Call& call, const atr::Query& query,
                                                  const std::optional<Position>& after) {
    const Deadline deadline = deadline_of(call);
    std::unique_ptr<Snapshots::Snapshot> snapshot;
    try {
        if (after) {
            snapshot = snapshots_.take(after->snapshot);
            if (!snapshot)
                return rejected(ATR_E_BAD_INPUT, "the snapshot of this cursor is closed: begin the query again");
        } else {
            auto opened = snapshots_.open(schema_.get(), deadline);
            if (!opened) return opened.error();
            snapshot = std::move(*opened);
        }
        auto planned = PageQuery::plan(*snapshot->catalog, query, after);
        if (!planned) {
            snapshots_.close(std::move(snapshot));
            return planned.error();
        }
        std::vector<Statement> statements;
        if (!snapshot->begun) statements = snapshot->begin();
        statements.push_back(newest_commit());
        statements.push_back(planned->statement());
        const auto rows = snapshot->session->run(std::move(statements), deadline);
        snapshot->begun = true;
        if (auto reached = check_reached(rows[rows.size() - 2], query.min_seq); !reached) {
            snapshots_.close(std::move(snapshot));
            return reached.error();
        }
        auto page = planned->read(rows.back());
        if (!page.next) {
            snapshots_.close(std::move(snapshot));
            return atr::Page{std::move(page.records), std::string()};
        }
        page.next->snapshot = snapshots_.keep(std::move(snapshot), after ? after->snapshot : 0);
        return atr::Page{std::move(page.records), to_cursor(*page.next, query)};
    } catch (const SqlError& error) {
        if (snapshot) snapshots_.close(std::move(snapshot));
        return failure(error, Outcome::retry);
    }
}

Result<std::vector<atr::Job>> PostgresStorage::lease(const Call& call, const std::string& queue,
                                                     const std::string& worker, std::uint32_t max,
                                                     std::int64_t lease_ms) {
    if (auto checked = check_lease(worker, lease_ms); !checked) return checked.error();
    if (max < 1 || max > most_jobs_a_lease)
        return rejected(ATR_E_BAD_INPUT, "max must be 1 to " + std::to_string(most_jobs_a_lease));
    return with_session<std::vector<atr::Job>>(
        call, Outcome::unknown,
        [&](Session& session, const Catalog& catalog, Deadline deadline) -> Result<std::vector<atr::Job>> {
            if (auto migrated = check_migrated(catalog); !migrated) return migrated.error();
            if (!is_usable_name(queue)) return std::vector<atr::Job>{};
            return lease_jobs(session, clock_, queue, worker, max, lease_ms, deadline);
        });
}

Result<std::uint32_t> PostgresStorage::extend_leases(const Call& call, const std::string& worker,
                                                     std::int64_t lease_ms) {
    if (auto checked = check_lease(worker, lease_ms); !checked) return checked.error();
    return with_session<std::uint32_t>(
        call, Outcome::unknown,
        [&](Session& session, const Catalog& catalog, Deadline deadline) -> Result<std::uint32_t> {
            if (auto migrated = check_migrated(catalog); !migrated) return migrated.error();
            return storage_postgres::extend_leases(session, clock_, worker, lease_ms, deadline);
        });
}

Result<atr::Changes> PostgresStorage::changes(const Call& call, std::uint64_t after_seq, std::uint32_t limit) {
    return with_session<atr::Changes>(
        call, Outcome::retry, [&](Session& session, const Catalog& catalog, Deadline deadline) -> Result<atr::Changes> {
            if (auto migrated = check_migrated(catalog); !migrated) return migrated.error();
            return read_changes(session, catalog, after_seq, limit, deadline);
        });
}

Result<> PostgresStorage::blob_put(const Call& call, const std::string& key, std::string_view bytes) {
    if (!is_usable_key(key)) return rejected(ATR_E_BAD_INPUT, "a blob's key has 1 to 1024 bytes of UTF-8");
    if (bytes.size() > most_body_bytes) return rejected(ATR_E_TOO_LARGE, "blob " + key + " is too large");
    return with_session<atr::Unit>(call, Outcome::unknown,
                                   [&](Session& session, const Catalog& catalog, Deadline deadline) -> Result<> {
                                       if (auto migrated = check_migrated(catalog); !migrated) return migrated;
                                       return put_blob(session, clock_, key, bytes, deadline);
                                   });
}

Result<atr::Blob> PostgresStorage::blob_get(const Call& call, const std::string& key, std::uint64_t offset,
                                            std::uint64_t length) {
    return with_session<atr::Blob>(
        call, Outcome::retry, [&](Session& session, const Catalog& catalog, Deadline deadline) -> Result<atr::Blob> {
            if (auto migrated = check_migrated(catalog); !migrated) return migrated.error();
            if (!is_usable_key(key)) return atr::not_found("no blob of that key");
            return get_blob(session, key, offset, length, deadline);
        });
}

Result<std::uint32_t> PostgresStorage::purge(const Call& call, const std::string& collection,
                                             std::int64_t older_than_unix_ms, std::uint32_t max) {
    return with_session<std::uint32_t>(
        call, Outcome::unknown,
        [&](Session& session, const Catalog& catalog, Deadline deadline) -> Result<std::uint32_t> {
            if (auto migrated = check_migrated(catalog); !migrated) return migrated.error();
            return purge_old(session, catalog, clock_, collection, older_than_unix_ms,
                             std::min(max, most_purged_at_once), deadline);
        });
}

Result<atr::OpenSnapshot> PostgresStorage::open_snapshot(const Call& call) {
    snapshots_.close_idle();
    const Deadline deadline = deadline_of(call);
    std::unique_ptr<Snapshots::Snapshot> snapshot;
    try {
        auto opened = snapshots_.open(nullptr, deadline);
        if (!opened) return opened.error();
        snapshot = std::move(*opened);
        snapshot->session->run(snapshot->begin(), deadline);
        snapshot->begun = true;
        StoreMoment moment = describe_store(*snapshot->session, settings_.schema, deadline);
        snapshot->catalog = std::move(moment.catalog);
        moment.description.id = snapshots_.keep(std::move(snapshot), 0);
        return std::move(moment.description);
    } catch (const SqlError& error) {
        if (snapshot) snapshots_.close(std::move(snapshot));
        return failure(error, Outcome::retry);
    }
}

Result<std::vector<atr::Record>> PostgresStorage::read_snapshot(const Call& call, std::uint64_t id,
                                                                const std::string& collection,
                                                                const std::string& after_key, std::uint32_t limit) {
    auto snapshot = snapshots_.take(id);
    if (!snapshot) return rejected(ATR_E_BAD_INPUT, "the snapshot is closed: open another");
    try {
        auto records =
            read_records_after(*snapshot->session, *snapshot->catalog, collection, after_key, limit, deadline_of(call));
        snapshots_.keep(std::move(snapshot), id);
        return records;
    } catch (const SqlError& error) {
        snapshots_.close(std::move(snapshot));
        return failure(error, Outcome::retry);
    }
}

Result<> PostgresStorage::close_snapshot(const Call&, std::uint64_t id) {
    if (auto snapshot = snapshots_.take(id)) snapshots_.close(std::move(snapshot));
    return {};
}

Result<> PostgresStorage::import_records(const Call& call, const atr::Import& import) {
    return with_session<atr::Unit>(call, Outcome::unknown,
                                   [&](Session& session, const Catalog& catalog, Deadline deadline) -> Result<> {
                                       if (auto migrated = check_migrated(catalog); !migrated) return migrated;
                                       auto done = storage_postgres::import_records(session, catalog, import, deadline);
                                       commits_.forget_tokens();
                                       return done;
                                   });
}

Result<std::string> PostgresStorage::health(const Call& call) {
    return with_session<std::string>(
        call, Outcome::retry, [&](Session& session, const Catalog& catalog, Deadline deadline) -> Result<std::string> {
            if (auto rights = check_rights(session, settings_.schema, deadline); !rights) return rights.error();
            const Rows server = session.alone({"SELECT current_setting('server_version'), current_database(), "
                                               "pg_is_in_recovery(), current_setting('synchronous_commit')"},
                                              deadline);
            const auto usage = pool_.usage();
            nlohmann::json out = {
                {"server_version", std::string(server.text(0, 0))},
                {"database", std::string(server.text(0, 1))},
                {"schema", settings_.schema},
                {"takes_writes", !server.boolean(0, 2)},
                {"synchronous_commit", std::string(server.text(0, 3))},
                {"schema_version", catalog.schema_version},
                {"connections", {{"idle", usage.idle}, {"busy", usage.busy}, {"opened", usage.opened}}}};
            if (catalog.generation != 0)
                out["commit_seq"] = session.alone({"SELECT commit_seq FROM atr_state"}, deadline).integer(0, 0);
            return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        });
}

}  // namespace storage_postgres
