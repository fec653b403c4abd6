/// A real PostgreSQL for C++ tests, driven through tests/support/postgres.py. It ends with this object, and with this
/// process whatever ends it, because the script ends when its standard input does.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace support {

/// Threads: its own functions from one thread. Errors: thrown.
class PostgresServer {
public:
    PostgresServer();
    ~PostgresServer();
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    const std::string& url() const { return url_; }
    /// One word of postgres.py's `serve`: its answer.
    std::string tell(const std::string& word);

    /// The server that ATR_TEST_POSTGRES (a folder that postgres.py started) names, else one of this process's own.
    /// Tests that stop or change the server use one of their own instead.
    static const std::string& shared_url();

private:
    std::string read_line();
    int to_script_ = -1, from_script_ = -1;
    std::int64_t process_ = 0;
    std::string url_, pending_;
};

/// Runs SQL as a DBA would; the answer as text, columns by '|'.
std::string psql(const std::string& url, const std::string& sql);

}  // namespace support
