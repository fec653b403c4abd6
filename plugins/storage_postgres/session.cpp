#include "session.hpp"

#include <poll.h>

#include <algorithm>
#include <iterator>

#include "slow_statements.hpp"

namespace storage_postgres {
namespace {

constexpr std::size_t most_prepared = 512;
/// How long the server's word that it ended a statement may take to get here; of a short call, a quarter of its time.
constexpr std::chrono::milliseconds most_grace{500};
/// Long values are compressed in a fraction of the time, where the server can (14, built with lz4) and no column says
/// otherwise.
constexpr const char* compress_fast =
    "SELECT set_config(name, 'lz4', false) FROM pg_catalog.pg_settings WHERE name = 'default_toast_compression' AND "
    "'lz4' = ANY(enumvals)";

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text ? text : "";
}

bool is_error(ExecStatusType status) {
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR;
}

bool is_commit(const Statement& statement) {
    return statement.sql == "COMMIT";
}

/// What has no COMMIT of its own is committed behind the last statement, and may be refused there. Whoever only hears
/// that the session was ended cannot tell whether before or after.
SqlError refused_at_the_end(const PGresult* result, std::size_t place) {
    const std::string state = field(result, PG_DIAG_SQLSTATE);
    const bool is_rolled_back = state.compare(0, 2, "40") == 0 || state.compare(0, 2, "23") == 0;
    return {is_rolled_back ? state : "", PQresultErrorMessage(result), place};
}

std::string what_failed(const PGconn* connection) {
    std::string text = PQerrorMessage(connection);
    return text.empty() ? "the connection was closed" : text;
}

/// libpq tells why a connection was refused in words only.
/// The first that fits: a role or a database that is named is not always one that is missing.
std::string refusal_state(const std::string& message) {
    static constexpr std::pair<std::string_view, const char*> words[] = {{"too many", "53300"},
                                                                         {"remaining connection", "53300"},
                                                                         {"not currently accepting", "57P03"},
                                                                         {"authentication failed", "28P01"},
                                                                         {"no password supplied", "28P01"},
                                                                         {"pg_hba.conf", "28000"},
                                                                         {"role \"", "28000"},
                                                                         {"permission denied", "42501"},
                                                                         {"database \"", "3D000"},
                                                                         {"starting up", "57P03"},
                                                                         {"shutting down", "57P03"},
                                                                         {"recovery", "57P03"},
                                                                         {"read-only", "25006"}};
    for (const auto& [part, state] : words)
        if (message.find(part) != std::string::npos) return state;
    return "";
}

}  // namespace

Session::Session(const Options& options)
    : prepared_(options.prepared),
      statement_timeout_(options.statement_timeout),
      settings_(options.settings),
      slow_(options.slow) {
    try {
        session_.open(soci::postgresql, options.connection);
    } catch (const soci::soci_error& error) {
        throw ConnectError(refusal_state(error.what()), error.what());
    }
    PQsetnonblocking(connection(), 1);
    PQsetNoticeProcessor(
        connection(), [](void*, const char*) {}, nullptr);
    if (PQenterPipelineMode(connection()) == 0) throw ConnectError("", "the connection takes no pipeline");
    if (!prepared_) return;
    std::vector<Statement> statements;
    for (const auto& setting : settings_) statements.push_back({"SET " + setting});
    statements.push_back({compress_fast});
    try {
        run(std::move(statements), std::chrono::steady_clock::now() + options.connect_timeout);
    } catch (const SqlError& error) {
        throw ConnectError(error.sqlstate(), error.what());
    }
}

PGconn* Session::connection() const {
    return static_cast<const soci::postgresql_session_backend*>(session_.get_backend())->conn_;
}

std::vector<Statement> Session::begin(const char* how) const {
    std::vector<Statement> out{{how}};
    if (!prepared_)
        for (const auto& setting : settings_) out.push_back({"SET LOCAL " + setting});
    return out;
}

std::vector<Statement> Session::begin_write(Deadline deadline) const {
    auto out = begin();
    out.push_back(time_limit(deadline));
    return out;
}

/// The server is told beforehand, rather than asked to cancel when the time is over: libpq's way to ask is a connection
/// of its own, and waits without bound for a server that hangs.
Statement Session::time_limit(Deadline deadline) const {
    return {"SET LOCAL statement_timeout = " + milliseconds_until(deadline)};
}

std::string Session::milliseconds_until(Deadline deadline) const {
    using std::chrono::milliseconds;
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
    const auto limit = std::min(left - std::min(most_grace, left / 4), statement_timeout_);
    return std::to_string(std::max(limit, milliseconds(1)).count());
}

Rows Session::run(Statement statement, Deadline deadline) {
    std::vector<Statement> one;
    one.push_back(std::move(statement));
    return std::move(run(std::move(one), deadline).front());
}

std::vector<Rows> Session::run(std::vector<Statement> statements, Deadline deadline) {
    used = std::chrono::steady_clock::now();
    if (broken_ || PQstatus(connection()) != CONNECTION_OK) throw ConnectError("", "the connection was lost before");
    forget_statements_if_many();
    std::vector<bool> prepares(statements.size());
    try {
        send(statements, prepares);
        auto rows = collect(statements.size(), prepares, statements, deadline);
        note_if_slow(statements, &rows);
        return rows;
    } catch (const SqlError& error) {
        if (error.lost()) broken_ = true;
        note_if_slow(statements, nullptr);
        throw;
    }
}

/// `rows` is null when they failed.
void Session::note_if_slow(const std::vector<Statement>& statements, const std::vector<Rows>* rows) const noexcept {
    if (!slow_) return;
    const auto took = std::chrono::steady_clock::now() - used;
    if (slow_->is_slow(took)) note_slow(*slow_, statements, took, rows);
}

std::vector<Rows> Session::read(std::vector<Statement> statements, Deadline deadline) {
    if (prepared_ && statements.size() == 1) return run(std::move(statements), deadline);
    auto all = begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const auto first = static_cast<std::ptrdiff_t>(all.size()), count = static_cast<std::ptrdiff_t>(statements.size());
    std::move(statements.begin(), statements.end(), std::back_inserter(all));
    all.push_back({"COMMIT"});
    auto rows = run(std::move(all), deadline);
    std::vector<Rows> out;
    std::move(rows.begin() + first, rows.begin() + first + count, std::back_inserter(out));
    return out;
}

Rows Session::alone(Statement statement, Deadline deadline) {
    if (prepared_) {
        Parameters limit;
        limit.text(milliseconds_until(deadline));
        std::vector<Statement> both{{"SELECT set_config('statement_timeout', $1::text, true)", limit}};
        both.push_back(std::move(statement));
        return std::move(run(std::move(both), deadline)[1]);
    }
    auto all = begin_write(deadline);
    const std::size_t place = all.size();
    all.push_back(std::move(statement));
    all.push_back({"COMMIT"});
    return std::move(run(std::move(all), deadline)[place]);
}

void Session::send(const std::vector<Statement>& statements, std::vector<bool>& prepares) {
    PGconn* const to = connection();
    bool sent = true;
    for (std::size_t i = 0; i < statements.size() && sent; ++i) {
        const auto& [sql, parameters, binary] = statements[i];
        const auto values = parameters.values();
        // A statement without parameters is a BEGIN, a COMMIT or schema: not worth a name.
        if (!prepared_ || parameters.count() == 0) {
            sent = PQsendQueryParams(to, sql.c_str(), parameters.count(), nullptr, values.data(), parameters.lengths(),
                                     parameters.formats(), binary) != 0;
            continue;
        }
        auto found = names_.find(sql);
        if (found == names_.end()) {
            found = names_.emplace(sql, "atr" + std::to_string(next_name_++)).first;
            prepares[i] = true;
            sent = PQsendPrepare(to, found->second.c_str(), sql.c_str(), 0, nullptr) != 0;
        }
        sent = sent && PQsendQueryPrepared(to, found->second.c_str(), parameters.count(), values.data(),
                                           parameters.lengths(), parameters.formats(), binary) != 0;
    }
    if (!sent || PQpipelineSync(to) == 0) throw SqlError("", what_failed(to));
}

/// Reads every answer up to the end of the pipeline, also behind an error, so that the session stays in step.
std::vector<Rows> Session::collect(std::size_t count, const std::vector<bool>& prepares,
                                   const std::vector<Statement>& sent, Deadline deadline) {
    std::vector<Rows> out(count);
    std::unique_ptr<SqlError> failed;
    for (std::size_t i = 0; i < count; ++i)
        for (int part = prepares[i] ? 0 : 1; part < 2; ++part) {
            bool skipped = false;
            while (PGresult* raw = next_result(deadline, i)) {
                Rows rows(raw);
                const auto status = PQresultStatus(raw);
                skipped = skipped || status == PGRES_PIPELINE_ABORTED || is_error(status);
                if (is_error(status) && !failed) {
                    const std::string state = field(raw, PG_DIAG_SQLSTATE);
                    failed = std::make_unique<SqlError>(state, PQresultErrorMessage(raw), i);
                    failed->constraint = field(raw, PG_DIAG_CONSTRAINT_NAME);
                }
                if (part == 1) out[i] = std::move(rows);
            }
            if (skipped && prepares[i] && part == 0) names_.erase(sent[i].sql);
        }
    PGresult* const last = next_result(deadline, count);
    const Rows end(last);
    const bool is_in_step = PQresultStatus(last) == PGRES_PIPELINE_SYNC;
    if (!is_in_step) broken_ = true;
    if (failed) throw *failed;
    if (!is_in_step && !is_commit(sent.back())) throw refused_at_the_end(last, count);
    return out;
}

PGresult* Session::next_result(Deadline deadline, std::size_t statement) {
    PGconn* const from = connection();
    for (;;) {
        const int left = PQflush(from);
        if (left < 0) throw SqlError("", what_failed(from), statement);
        if (left == 0 && !PQisBusy(from)) return PQgetResult(from);
        if (std::chrono::steady_clock::now() >= deadline) {
            SqlError late("", "the deadline passed and the server does not answer", statement);
            late.timed_out = true;
            throw late;
        }
        wait_for_server(deadline, statement);
    }
}

void Session::wait_for_server(Deadline until, std::size_t statement) {
    PGconn* const from = connection();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    short events = POLLIN;
    if (PQflush(from) > 0) events |= POLLOUT;
    pollfd descriptor{PQsocket(from), events, 0};
    ::poll(&descriptor, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)));
    if ((descriptor.revents & (POLLIN | POLLHUP | POLLERR)) && PQconsumeInput(from) == 0 && !PQisBusy(from))
        return;  // what came before the break is read first
    if (PQstatus(from) == CONNECTION_BAD && PQisBusy(from)) throw SqlError("", what_failed(from), statement);
}

bool Session::usable() const {
    return !broken_ && PQstatus(connection()) == CONNECTION_OK;
}

bool Session::in_transaction() const {
    return PQtransactionStatus(connection()) != PQTRANS_IDLE;
}

bool Session::roll_back(Deadline deadline) noexcept {
    try {
        if (usable() && in_transaction()) run({"ROLLBACK"}, deadline);
    } catch (const std::exception&) {
        broken_ = true;
    }
    return usable();
}

std::int64_t Session::backend(Deadline deadline) {
    return run({"SELECT pg_backend_pid()"}, deadline).integer(0, 0);
}

int Session::announced_backend() const {
    return PQbackendPID(connection());
}

void Session::forget_statements_if_many() {
    if (names_.size() < most_prepared || in_transaction()) return;
    names_.clear();
    run({"DEALLOCATE ALL"}, std::chrono::steady_clock::now() + std::chrono::seconds(5));
}

}  // namespace storage_postgres
