/// Real Redis servers for a test, run by redis_server.py as a child; they end with this object, or with this process.
/// Threads: one at a time. Errors: what does not work is thrown, and fails the test.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace support {

class RedisSite {
public:
    /// kind: standalone, sentinel, cluster. Returns when the site is ready.
    explicit RedisSite(const std::string& kind);
    ~RedisSite();
    RedisSite(const RedisSite&) = delete;
    RedisSite& operator=(const RedisSite&) = delete;

    std::string fact(const std::string& name) const { return facts_.at(name).get<std::string>(); }
    int port(const std::string& server) const { return facts_.at("ports").at(server).get<int>(); }
    int tls_port() const { return facts_.at("tls_port").get<int>(); }
    std::string address(const std::string& server) const { return "127.0.0.1:" + std::to_string(port(server)); }
    std::string node_id(const std::string& server) const { return facts_.at("ids").at(server).get<std::string>(); }

    void kill(const std::string& server) { ask("kill " + server); }  ///< kill -9
    void start(const std::string& server) { ask("start " + server); }
    void pause(const std::string& server) { ask("pause " + server); }
    void go_on(const std::string& server) { ask("go_on " + server); }
    /// What redis-cli prints.
    std::string cli(const std::string& server, const std::vector<std::string>& words) {
        return ask("cli " + server + " " + nlohmann::json(words).dump());
    }

private:
    std::string ask(const std::string& command);
    std::string read_line();

    int pid_ = 0, to_child_ = -1, from_child_ = -1;
    std::string unread_;
    nlohmann::json facts_;
};

}  // namespace support
