#include "tests/support/redis_site.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

extern char** environ;

namespace support {

RedisSite::RedisSite(const std::string& kind) {
    int down[2], up[2];
    if (::pipe2(down, O_CLOEXEC) != 0 || ::pipe2(up, O_CLOEXEC) != 0) throw std::runtime_error("no pipes");
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, down[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, up[1], 1);
    const char* const source = std::getenv("TREASURER_SOURCE");
    std::string script = std::string(source ? source : ".") + "/tests/support/redis_server.py", verb = "run",
                what = kind;
    char python[] = "python3";
    char* arguments[] = {python, script.data(), verb.data(), what.data(), nullptr};
    const int error = ::posix_spawnp(&pid_, python, &actions, nullptr, arguments, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(down[0]);
    ::close(up[1]);
    to_child_ = down[1];
    from_child_ = up[0];
    if (error != 0) throw std::runtime_error("python3 does not start");
    facts_ = nlohmann::json::parse(read_line());
}

RedisSite::~RedisSite() {
    ::close(to_child_);
    ::close(from_child_);
    if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
}

std::string RedisSite::ask(const std::string& command) {
    const std::string line = command + "\n";
    if (::write(to_child_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        throw std::runtime_error("redis_server.py is gone");
    return nlohmann::json::parse(read_line()).at("answer").get<std::string>();
}

std::string RedisSite::read_line() {
    for (;;) {
        if (const auto end = unread_.find('\n'); end != std::string::npos) {
            std::string line = unread_.substr(0, end);
            unread_.erase(0, end + 1);
            return line;
        }
        char bytes[4096];
        const ssize_t got = ::read(from_child_, bytes, sizeof bytes);
        if (got <= 0) throw std::runtime_error("redis_server.py has ended; is redis-server installed?");
        unread_.append(bytes, static_cast<std::size_t>(got));
    }
}

}  // namespace support
