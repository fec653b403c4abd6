#include "connection_string.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include "names.hpp"

namespace storage_postgres {
namespace {
using atr::rejected;
using Options = std::map<std::string, std::string>;

atr::Result<Options> parse(const std::string& setting, const std::string& url) {
    char* why = nullptr;
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> parsed(PQconninfoParse(url.c_str(), &why),
                                                                                PQconninfoFree);
    if (!parsed) {
        const std::string text = why ? why : "out of memory";
        PQfreemem(why);
        return rejected(ATR_E_CONFIG, "setting '" + setting + "' is not a PostgreSQL URL: " + text);
    }
    Options out;
    for (const auto* option = parsed.get(); option->keyword; ++option)
        if (option->val) out[option->keyword] = option->val;
    if (out.contains("password"))
        return rejected(ATR_E_CONFIG, "setting '" + setting +
                                          "' holds a password: keep it as a secret, and set password: "
                                          "secret://env/NAME or secret://file/PATH");
    return out;
}

std::string quoted(const std::string& value) {
    std::string out = "'";
    for (char c : value) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string milliseconds(std::chrono::milliseconds value) {
    return std::to_string(value.count());
}

}  // namespace

atr::Result<> check_settings(const Settings& settings) {
    if (auto url = parse("url", settings.url); !url) return url.error();
    if (!settings.replica_url.empty())
        if (auto url = parse("replica_url", settings.replica_url); !url) return url.error();
    if (!is_schema_name(settings.schema))
        return rejected(ATR_E_CONFIG, "setting 'schema': '" + settings.schema +
                                          "' is not 1 to 63 of lower-case letters, digits and '_', or begins with pg_");
    if (!settings.password.empty() && !settings.password.starts_with("secret://"))
        return rejected(ATR_E_CONFIG, "setting 'password' is a reference, secret://env/NAME or secret://file/PATH");
    return {};
}

atr::Result<std::string> connection_string(const Settings& settings, const std::string& url, bool writes,
                                           const std::string& password) {
    auto parsed = parse(writes ? "url" : "replica_url", url);
    if (!parsed) return parsed.error();
    Options& options = *parsed;
    if (!password.empty()) options["password"] = password;
    if (settings.tls != "from_url") options["sslmode"] = settings.tls;
    if (!settings.tls_root_certificate.empty()) options["sslrootcert"] = settings.tls_root_certificate;
    if (writes) options.emplace("target_session_attrs", "read-write");
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(settings.connect_timeout).count();
    const auto given = options.find("connect_timeout");
    if (given == options.end() || std::atoi(given->second.c_str()) <= 0)  // which would be without end
        options["connect_timeout"] = std::to_string(std::max<std::int64_t>(2, seconds));
    options.emplace("application_name", "treasurer");
    options["client_encoding"] = "UTF8";
    // A server that vanishes without a word is noticed after half a minute, also while it is waited for.
    options.emplace("keepalives_idle", "10");
    options.emplace("keepalives_interval", "5");
    options.emplace("keepalives_count", "4");
    options.emplace("tcp_user_timeout", "30000");
    std::string out;
    for (const auto& [name, value] : options) out += (out.empty() ? "" : " ") + name + "=" + quoted(value);
    return out;
}

std::vector<std::string> session_settings(const Settings& settings) {
    return {"search_path = " + sql_name(settings.schema) + ", pg_catalog",
            "statement_timeout = " + milliseconds(settings.statement_timeout),
            "lock_timeout = " + milliseconds(settings.lock_timeout),
            "idle_in_transaction_session_timeout = " + milliseconds(settings.statement_timeout * 4),
            "synchronous_commit = " + settings.synchronous_commit, "bytea_output = hex",
            // A database or a role may have another; what is judged and locked here is meant for this one.
            "default_transaction_isolation = 'read committed'",
            // Every statement of this plugin reaches its rows by an index, however few there were when it was planned.
            "enable_seqscan = off", "enable_hashjoin = off", "enable_mergejoin = off",
            "plan_cache_mode = force_generic_plan", "jit = off"};
}

}  // namespace storage_postgres
