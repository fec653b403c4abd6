#include "tests/support/postgres_server.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace support {

PostgresServer::PostgresServer() {
    const char* source = std::getenv("TREASURER_SOURCE");
    const std::string script = std::string(source ? source : ".") + "/tests/support/postgres.py";
    int to[2], from[2];
    if (::pipe2(to, O_CLOEXEC) != 0 || ::pipe2(from, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    process_ = ::fork();
    if (process_ == 0) {
        ::dup2(to[0], 0);
        ::dup2(from[1], 1);
        ::execlp("python3", "python3", script.c_str(), "serve", nullptr);
        ::_exit(127);
    }
    ::close(to[0]);
    ::close(from[1]);
    to_script_ = to[1];
    from_script_ = from[0];
    const std::string ready = read_line();
    if (!ready.starts_with("ready ")) throw std::runtime_error("PostgreSQL did not start: " + ready);
    url_ = ready.substr(6);
}

PostgresServer::~PostgresServer() {
    ::close(to_script_);
    ::waitpid(static_cast<pid_t>(process_), nullptr, 0);
    ::close(from_script_);
}

std::string PostgresServer::tell(const std::string& word) {
    const std::string line = word + "\n";
    if (::write(to_script_, line.data(), line.size()) < 0) throw std::runtime_error("the script has ended");
    const std::string answer = read_line();
    if (!answer.starts_with("ok")) throw std::runtime_error(word + ": " + answer);
    return answer.size() > 3 ? answer.substr(3) : "";
}

std::string PostgresServer::read_line() {
    for (;;) {
        if (const auto end = pending_.find('\n'); end != std::string::npos) {
            const std::string line = pending_.substr(0, end);
            pending_.erase(0, end + 1);
            return line;
        }
        char chunk[512];
        const ssize_t got = ::read(from_script_, chunk, sizeof chunk);
        if (got <= 0) throw std::runtime_error("the script ended: " + pending_);
        pending_.append(chunk, static_cast<std::size_t>(got));
    }
}

const std::string& PostgresServer::shared_url() {
    static std::unique_ptr<PostgresServer> own;
    static const std::string url = [] {
        if (const char* folder = std::getenv("ATR_TEST_POSTGRES")) {
            std::ifstream file(std::string(folder) + "/url");
            std::string line;
            if (std::getline(file, line)) return line;
        }
        own = std::make_unique<PostgresServer>();
        return own->url();
    }();
    return url;
}

std::string psql(const std::string& url, const std::string& sql) {
    const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectdb(url.c_str()), PQfinish);
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection.get(), sql.c_str()), PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
    std::string out;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
        if (row) out += '\n';
        for (int column = 0; column < PQnfields(result.get()); ++column)
            out += std::string(column ? "|" : "") + PQgetvalue(result.get(), row, column);
    }
    return out;
}

}  // namespace support
