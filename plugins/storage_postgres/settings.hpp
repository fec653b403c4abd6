/// What an operator may set for one PostgreSQL store.
#pragma once

#include <atr/config.hpp>
#include <chrono>
#include <cstdint>
#include <string>

namespace storage_postgres {

struct Settings {
    std::string url;
    std::string password;
    std::string schema = "treasurer";
    std::string tls = "from_url";
    std::string tls_root_certificate;
    std::string synchronous_commit = "on";
    bool prepared_statements = true;
    std::int64_t pool_size = 4;
    std::int64_t pool_overflow = 4;
    std::chrono::milliseconds pool_recycle{1'800'000};
    std::chrono::milliseconds pool_check_idle{5'000};
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds statement_timeout{30'000};
    std::chrono::milliseconds lock_timeout{10'000};
    std::chrono::milliseconds slow_statement{200};
    std::string replica_url;
    std::chrono::milliseconds replica_max_lag{1'000};
};

inline atr::Config<Settings> settings_config() {
    return atr::Config<Settings>{}
        .text("url", &Settings::url,
              "postgresql://USER@HOST:PORT,HOST:PORT/DATABASE; of several hosts the one that accepts writes is used, "
              "unless target_session_attrs says otherwise. It may not hold a password")
        .required()
        .text("password", &Settings::password,
              "secret://..., asked for at every new connection; empty: none is sent, unless libpq finds one itself")
        .text("schema", &Settings::schema,
              "The PostgreSQL schema that holds the tables; it is created if the role may do so")
        .choice("tls", &Settings::tls,
                {"from_url", "disable", "allow", "prefer", "require", "verify-ca", "verify-full"},
                "How the connection is protected; verify-full alone also proves whom it reaches")
        .text("tls_root_certificate", &Settings::tls_root_certificate,
              "File with the certificates that verify-ca and verify-full trust; empty: as libpq finds it")
        .choice("synchronous_commit", &Settings::synchronous_commit, {"on", "remote_write", "remote_apply", "local"},
                "on: a commit is on the disk, and on that of a synchronous standby, before it is answered; local: a "
                "failover may lose the last commits")
        .flag("prepared_statements", &Settings::prepared_statements,
              "Keep prepared statements per connection; false for a pooler in transaction mode")
        .integer("pool_size", &Settings::pool_size, 1, 256, "connections", "Connections that are kept")
        .bounds_threads()
        .integer("pool_overflow", &Settings::pool_overflow, 0, 256, "connections",
                 "Connections opened beyond that while all are busy, and closed after use")
        .milliseconds("pool_recycle", &Settings::pool_recycle, 1'000, 86'400'000,
                      "Age at which a connection is replaced by a new one")
        .milliseconds("pool_check_idle", &Settings::pool_check_idle, 0, 3'600'000,
                      "A connection that was idle for longer is tried before it is used")
        .milliseconds("connect_timeout", &Settings::connect_timeout, 1'000, 300'000,
                      "How long one host may take to accept a connection; whole seconds, at least 2")
        .milliseconds("statement_timeout", &Settings::statement_timeout, 10, 3'600'000,
                      "The server ends a statement that takes longer")
        .milliseconds("lock_timeout", &Settings::lock_timeout, 10, 3'600'000,
                      "The server ends a statement that waits longer for a lock")
        .milliseconds("slow_statement_ms", &Settings::slow_statement, 0, 3'600'000,
                      "A statement that takes longer is logged with its plan, and without its values; 0: none is")
        .text("replica_url", &Settings::replica_url, "A replica for queries that may lag; empty: none")
        .milliseconds("replica_max_lag", &Settings::replica_max_lag, 10, 3'600'000,
                      "A replica that is further behind is not asked");
}

}  // namespace storage_postgres
