#include "connection.hpp"

#include <cstring>
#include <thread>
#include <utility>

#include "slow_statements.hpp"

namespace storage_sqlite {
namespace {
using namespace sqlite_api;

constexpr std::size_t most_statements = 512;
constexpr std::chrono::milliseconds busy_poll{1};

[[noreturn]] void fail(sqlite3* database) {
    throw SqlError(sqlite3_extended_errcode(database), sqlite3_errmsg(database));
}

/// SQLite's own busy handler backs off to 100 ms, by which a second process would hardly ever win the lock.
int wait_for_lock(void* limit_ms, int polls) {
    if (polls * busy_poll.count() >= *static_cast<const std::int64_t*>(limit_ms)) return 0;
    std::this_thread::sleep_for(busy_poll);
    return 1;
}

}  // namespace

Statement::Statement(sqlite3* database, std::string_view sql, atr::SlowStatements* slow) : slow_(slow) {
    if (sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw_,
                           nullptr) != SQLITE_OK)
        fail(database);
}

Statement::~Statement() {
    sqlite3_finalize(raw_);
}

Run::~Run() {
    if (slow_) note_if_slow();
    sqlite3_reset(raw_);
}

void Run::note_if_slow() const noexcept {
    const bool has_run = began_ != std::chrono::steady_clock::time_point{};
    if (!has_run) return;
    const auto took = std::chrono::steady_clock::now() - began_;
    if (!slow_->is_slow(took)) return;
    note_slow(*slow_, sqlite3_sql(raw_), took, rows_, failed_);
}

void Run::check(int code) const {
    if (code != SQLITE_OK) fail(sqlite3_db_handle(raw_));
}

Run& Run::integer(std::int64_t value) {
    check(sqlite3_bind_int64(raw_, ++position_, value));
    return *this;
}

Run& Run::text(std::string_view value) {
    const char* from = value.data() ? value.data() : "";
    check(sqlite3_bind_text64(raw_, ++position_, from, value.size(), SQLITE_STATIC, SQLITE_UTF8));
    return *this;
}

Run& Run::bytes(std::string_view value) {
    if (value.empty() || !std::memchr(value.data(), 0, value.size())) return text(value);
    return blob(value);
}

Run& Run::blob(std::string_view value) {
    const char* from = value.data() ? value.data() : "";
    check(sqlite3_bind_blob64(raw_, ++position_, from, value.size(), SQLITE_STATIC));
    return *this;
}

Run& Run::null() {
    check(sqlite3_bind_null(raw_, ++position_));
    return *this;
}

Run& Run::cell(const Cell& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return integer(*number);
    if (const auto* characters = std::get_if<std::string>(&value)) return text(*characters);
    return null();
}

bool Run::step() {
    if (slow_ && began_ == std::chrono::steady_clock::time_point{}) began_ = std::chrono::steady_clock::now();
    const int code = sqlite3_step(raw_);
    failed_ = code != SQLITE_ROW && code != SQLITE_DONE;
    if (failed_) fail(sqlite3_db_handle(raw_));
    rows_ += code == SQLITE_ROW ? 1 : 0;
    return code == SQLITE_ROW;
}

std::int64_t Run::finish() {
    while (step()) {
    }
    const auto changed = sqlite3_changes64(sqlite3_db_handle(raw_));
    if (sqlite3_stmt_readonly(raw_) == 0) rows_ += changed;
    return changed;
}

std::int64_t Run::integer_at(int column) const {
    return sqlite3_column_int64(raw_, column);
}

std::string_view Run::text_at(int column) const {
    const auto* from = static_cast<const char*>(sqlite3_column_blob(raw_, column));
    return from ? std::string_view(from, static_cast<std::size_t>(sqlite3_column_bytes(raw_, column)))
                : std::string_view();
}

Cell Run::cell_at(int column) const {
    switch (sqlite3_column_type(raw_, column)) {
        case SQLITE_NULL:
            return std::monostate{};
        case SQLITE_INTEGER:
            return integer_at(column);
        default:
            return std::string(text_at(column));
    }
}

Connection::Connection(const Options& options)
    : path_(options.path), busy_limit_ms_(options.busy_timeout.count()), slow_(options.slow) {
    try {
        session_ = std::make_unique<soci::session>(soci::sqlite3, "dbname=\"" + options.path + "\"");
    } catch (const soci::sqlite3_soci_error& error) {
        throw SqlError(error.result(), error.what());
    }
    handle_ = static_cast<soci::sqlite3_session_backend*>(session_->get_backend())->conn_;
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_handler(handle_, wait_for_lock, &busy_limit_ms_);
    execute(std::string("PRAGMA synchronous = ") + (options.flush_every_commit ? "FULL" : "NORMAL"));
    execute("PRAGMA cache_size = -" + std::to_string(options.cache_kib));
    execute("PRAGMA temp_store = MEMORY");
    execute("PRAGMA secure_delete = OFF");  // Debian's default overwrites every freed byte, also in index pages
    execute("PRAGMA trusted_schema = OFF");
}

Connection::~Connection() = default;

void Connection::execute(const std::string& sql) {
    const auto began = std::chrono::steady_clock::now();
    try {
        *session_ << sql;
        const auto took = std::chrono::steady_clock::now() - began;
        if (slow_ && slow_->is_slow(took)) note_slow(*slow_, sql.c_str(), took, 0, false);
    } catch (const soci::sqlite3_soci_error& error) {
        const int code = sqlite3_extended_errcode(handle_);
        throw SqlError((code & 0xff) == (error.result() & 0xff) ? code : error.result(), error.what());
    }
}

Statement& Connection::prepared(std::string_view sql) {
    if (const auto found = statements_.find(std::string(sql)); found != statements_.end()) return *found->second;
    std::unique_ptr<Statement> made;
    try {
        made = std::make_unique<Statement>(handle_, sql, slow_);
    } catch (const SqlError& error) {
        if (error.code() != SQLITE_ERROR) throw;
        // Perhaps another connection has changed an index since this one read the schema: reading it anew tells.
        execute("SELECT count(*) FROM sqlite_master");
        made = std::make_unique<Statement>(handle_, sql, slow_);
    }
    return *statements_.emplace(sql, std::move(made)).first->second;
}

void Connection::trim_prepared() {
    if (statements_.size() > most_statements) statements_.clear();
}

bool Connection::checkpoint(int mode, std::chrono::milliseconds patience) {
    const std::int64_t usual = std::exchange(busy_limit_ms_, patience.count());
    const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, mode, nullptr, nullptr);
    busy_limit_ms_ = usual;
    return code == SQLITE_OK;
}

bool Connection::is_read_only() const {
    return sqlite3_db_readonly(handle_, "main") == 1;
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}

ReadScope::ReadScope(Connection& connection) : connection_(connection) {
    Run(connection_.prepared("BEGIN")).finish();
}

ReadScope::~ReadScope() {
    try {
        Run(connection_.prepared("COMMIT")).finish();
    } catch (const SqlError&) {
        // A read transaction has nothing to lose; the next BEGIN reports what is wrong with the connection.
    }
}

}  // namespace storage_sqlite
