#include "settings.hpp"

#include "endpoint.hpp"

namespace cache_redis {

namespace {

using S = RedisSettings;

void add_servers(atr::Config<S>& config) {
    config
        .choice("mode", &S::mode, {"standalone", "sentinel", "cluster"},
                "standalone: one server. sentinel: the master that the Sentinels name. cluster: Redis Cluster, 7.0 or "
                "newer")
        .texts("addresses", &S::addresses,
               "host:port of the server, of the Sentinels, or of some nodes of the cluster; IPv6 as [::1]:6379")
        .text("master", &S::master, "Name of the master as the Sentinels know it; with mode sentinel only")
        .integer("database", &S::database, 0, 1023, "number", "Database to SELECT; a cluster has only 0")
        .text("prefix", &S::prefix,
              "What every key and channel begins with, so that several systems can share a server; without { and }");
}

void add_login(atr::Config<S>& config) {
    config.text("username", &S::username, "ACL user; empty: the user `default`")
        .text("password", &S::password, "Its password as secret://...; empty: no login")
        .text("sentinel_username", &S::sentinel_username, "ACL user at the Sentinels; empty: their user `default`")
        .text("sentinel_password", &S::sentinel_password, "Its password as secret://...; empty: no login there")
        .flag("tls", &S::tls, "TLS to every server, with certificate and name checked")
        .text("tls_ca_file", &S::tls_ca_file, "PEM file of the authorities to trust; empty: those of the machine")
        .text("tls_cert_file", &S::tls_cert_file, "PEM file of our own certificate, where the server asks for one")
        .text("tls_key_file", &S::tls_key_file, "PEM file of its private key, readable by the service's user alone")
        .text("tls_server_name", &S::tls_server_name,
              "Name every server's certificate must bear; empty: the host of its address");
}

void add_limits(atr::Config<S>& config) {
    config
        .integer("connections", &S::connections, 1, 256, "connections",
                 "Connections to each server, at most; opened as calls need them")
        .integer("pipeline", &S::pipeline, 1, 1024, "calls",
                 "Waiting calls that share one round trip when all connections are busy; 1: none")
        .milliseconds("connect_timeout", &S::connect_timeout, 1, 60'000,
                      "To connect and log in, within the call's deadline")
        .milliseconds("reply_timeout", &S::reply_timeout, 1, 60'000, "To answer a call, within the call's deadline")
        .milliseconds("back_off_min", &S::back_off_min, 1, 60'000,
                      "After a failed connection calls fail at once for about this long; it doubles")
        .milliseconds("back_off_max", &S::back_off_max, 1, 600'000, "up to this")
        .milliseconds("version_memory", &S::version_memory, 1000, 86'400'000,
                      "How long the version of an expired or deleted value is remembered: longer than any load takes")
        .integer("max_entry_bytes", &S::max_entry_bytes, 1 << 10, 64 << 20, "bytes",
                 "Largest key and value together, and largest message on the bus")
        .milliseconds("bus_ping", &S::bus_ping, 10, 60'000,
                      "How often the subscription is tried; a silent one is given up after this and reply_timeout");
}

atr::Error bad(const std::string& setting, const std::string& why) {
    return atr::rejected(ATR_E_CONFIG, "setting '" + setting + "': " + why);
}

atr::Result<> check_secret(const std::string& name, const std::string& value) {
    if (value.empty() || value.starts_with("secret://")) return {};
    return bad(name, "is given by reference, as secret://env/NAME or secret://file/PATH");
}

}  // namespace

atr::Config<RedisSettings> redis_config() {
    atr::Config<S> config;
    add_servers(config);
    add_login(config);
    add_limits(config);
    return config;
}

atr::Result<> check(const RedisSettings& settings) {
    const bool sentinel = settings.mode == "sentinel", cluster = settings.mode == "cluster";
    if (settings.addresses.empty()) return bad("addresses", "names no server");
    if (!sentinel && !cluster && settings.addresses.size() > 1)
        return bad("addresses", "names several servers; mode standalone has one");
    for (const auto& address : settings.addresses)
        if (!Endpoint::parse(address)) return bad("addresses", "'" + address + "' is not host:port");
    if (sentinel && settings.master.empty()) return bad("master", "is missing; mode sentinel needs it");
    if (!sentinel && !settings.master.empty()) return bad("master", "is for mode sentinel only");
    if (cluster && settings.database != 0) return bad("database", "a cluster has only 0");
    if (settings.prefix.find_first_of("{}") != std::string::npos) return bad("prefix", "may not contain { or }");
    if (!settings.username.empty() && settings.password.empty()) return bad("password", "is missing beside username");
    if (!settings.sentinel_username.empty() && settings.sentinel_password.empty())
        return bad("sentinel_password", "is missing beside sentinel_username");
    if (const auto ok = check_secret("password", settings.password); !ok) return ok;
    if (const auto ok = check_secret("sentinel_password", settings.sentinel_password); !ok) return ok;
    if (settings.tls_cert_file.empty() != settings.tls_key_file.empty())
        return bad("tls_key_file", "and tls_cert_file are given together, or not at all");
    if (!settings.tls && !(settings.tls_ca_file + settings.tls_cert_file + settings.tls_server_name).empty())
        return bad("tls", "is false, but TLS files or names are given");
    if (settings.back_off_max < settings.back_off_min) return bad("back_off_max", "is less than back_off_min");
    return {};
}

}  // namespace cache_redis
