#include "config/loader.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <atr/money.hpp>
#include <set>

#include "config/overrides.hpp"
#include "config/settings_reader.hpp"
#include "config/suggestion.hpp"
#include "config/yaml_tree.hpp"
#include "net/ip_network.hpp"

namespace treasurer {

namespace {

template <class Map>
std::vector<std::string> names(const Map& map) {
    std::vector<std::string> out;
    for (const auto& [name, value] : map) out.push_back(name);
    return out;
}

bool is_ip_address(const std::string& text) {
    in6_addr out{};
    return ::inet_pton(AF_INET, text.c_str(), &out) == 1 || ::inet_pton(AF_INET6, text.c_str(), &out) == 1;
}

/// As browsers write it: "https://pay.example:8443".
bool is_origin(std::string_view text) {
    const auto scheme = text.starts_with("https://") ? 8U : text.starts_with("http://") ? 7U : 0U;
    const auto authority = text.substr(scheme);
    if (scheme == 0 || authority.empty()) return false;
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '[' ||
               c == ']';
    };
    return std::all_of(authority.begin(), authority.end(), plain);
}

/// What no single setting shows: names that must exist, bounds that hold between two.
void check_together(const Settings& settings, const SettingsReader& reader, Problems& problems) {
    const auto wrong = [&](const char* path, const std::string& what) {
        problems.push_back({reader.position(path), std::string(path) + ": " + what});
    };
    const auto parsers = names(settings.plugins.parsers), rails = names(settings.plugins.rails);
    if (!is_ip_address(settings.server.address))
        wrong("server.address", "'" + settings.server.address + "' is neither an IPv4 nor an IPv6 address");
    if (parsers.empty()) wrong("plugins.parsers", "at least one parser is needed to read invoices");
    for (const auto& name : settings.intake.order)
        if (!settings.plugins.parsers.contains(name))
            wrong("intake.order", "there is no plugins.parsers." + name + suggestion(name, parsers));
    if (!settings.treasury.rail.empty() && !settings.plugins.rails.contains(settings.treasury.rail))
        wrong("treasury.rail",
              "there is no plugins.rails." + settings.treasury.rail + suggestion(settings.treasury.rail, rails));
    if (!atr::is_asset_name(settings.treasury.asset))
        wrong("treasury.asset", "'" + settings.treasury.asset + "' is no name of an asset, such as MNEE or EUR");
    if (settings.payments.lookup_max < settings.payments.lookup_initial)
        wrong("payments.lookup_max_ms", "must be at least payments.lookup_initial_ms");
    if (settings.server.body_budget_bytes < settings.server.max_body_bytes)
        wrong("server.body_budget_bytes", "must be at least server.max_body_bytes, or no large body is ever read");
    for (const auto& origin : settings.server.cors_origins)
        if (!is_origin(origin))
            wrong("server.cors_origins", "'" + origin +
                                             "' is no exact origin, such as https://pay.example: scheme, "
                                             "host and, where it has one, port; in lower case, without a path");
    for (const auto& proxy : settings.server.trusted_proxies)
        if (const auto fault = net::fault_in_network(proxy); !fault.empty())
            wrong("server.trusted_proxies", "'" + proxy + "' " + fault);
    const std::pair<const char*, const std::string*> keys[] = {{"auth.jwt_key", &settings.auth.jwt_key},
                                                               {"payments.blob_key", &settings.payments.blob_key}};
    for (const auto& [path, key] : keys)
        if (!key->empty() && !key->starts_with("secret://"))
            wrong(path, "a key is never written here: give secret://env/NAME or secret://file/PATH");
    for (const auto& key : settings.auth.jwt_keys_old)
        if (!key.starts_with("secret://"))
            wrong("auth.jwt_keys_old", "a key is never written here: give secret://env/NAME or secret://file/PATH");
    if (settings.auth.audience.empty()) wrong("auth.audience", "must not be empty");
}

/// In the order of the file, then overrides.
void sort(Problems& problems) {
    std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
        if ((a.at.line == 0) != (b.at.line == 0)) return a.at.line != 0;
        return std::pair(a.at.line, a.at.column) < std::pair(b.at.line, b.at.column);
    });
}

/// Of a value with a problem before it was read, the first `before_reading`, nothing more is said.
void leave_one_a_place(Problems& problems, std::size_t before_reading) {
    std::set<std::string> places;
    for (std::size_t i = 0; i < before_reading; ++i) places.insert(problems[i].at.to_string());
    const auto from = problems.begin() + static_cast<std::ptrdiff_t>(before_reading);
    problems.erase(
        std::remove_if(from, problems.end(), [&](const Problem& one) { return places.contains(one.at.to_string()); }),
        problems.end());
}

}  // namespace

EnvLookup environment_of(const LoadOptions& options) {
    return [data_dir = options.data_dir, env = options.env](const std::string& name) -> std::optional<std::string> {
        if (name == "TREASURER_DATA") return data_dir;
        return env ? env(name) : std::nullopt;
    };
}

std::variant<Settings, Problems> load_settings(const LoadOptions& options) {
    Problems problems;
    YamlNode root = read_yaml_file(options.file, problems);
    if (!problems.empty()) return problems;
    apply_overrides(root, options.overrides, problems);
    expand_environment(root, environment_of(options), problems);
    const std::size_t before_reading = problems.size();

    Settings settings;
    settings.data_dir = options.data_dir;
    SettingsReader reader(root, problems);
    visit_settings(settings, reader);
    if (settings.plugins.dir.empty()) settings.plugins.dir = options.plugins_dir;
    read_plugin_slots(options.plugin_schema, reader, settings.plugins, problems);
    reader.report_unknown();
    if (problems.empty()) check_together(settings, reader, problems);
    if (problems.empty()) return settings;
    leave_one_a_place(problems, before_reading);
    sort(problems);
    return problems;
}

}  // namespace treasurer
