#include "config/environment.hpp"

namespace treasurer {

namespace {

bool is_variable_name(std::string_view name) {
    if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
    for (char c : name)
        if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_') return false;
    return true;
}

/// The text for what stands between "${" and "}".
std::optional<std::string> value_of(std::string_view inside, const EnvLookup& env, const Position& at,
                                    Problems& problems) {
    const auto split = inside.find(":-");
    const std::string name(inside.substr(0, split));
    if (!is_variable_name(name)) {
        problems.push_back({at, "'" + name + "' is no name of an environment variable"});
        return std::nullopt;
    }
    const auto value = env ? env(name) : std::nullopt;
    if (split != std::string_view::npos)
        return value && !value->empty() ? *value : std::string(inside.substr(split + 2));
    if (!value)
        problems.push_back(
            {at, "the environment variable " + name + " is not set (set it, or write ${" + name + ":-default})"});
    return value;
}

void expand_text(YamlNode& node, const EnvLookup& env, Problems& problems) {
    const std::string& from = node.text;
    if (from.find("${") == std::string::npos) return;
    std::string out;
    bool expanded = false;
    std::size_t at = 0;
    while (at < from.size()) {
        if (from.compare(at, 3, "$${") == 0) {
            out += "${";
            at += 3;
            continue;
        }
        if (from.compare(at, 2, "${") != 0) {
            out += from[at++];
            continue;
        }
        const auto end = from.find('}', at);
        if (end == std::string::npos) {
            problems.push_back({node.at, "'${' without its '}'"});
            return;
        }
        const auto value = value_of(std::string_view(from).substr(at + 2, end - at - 2), env, node.at, problems);
        if (!value) return;
        out += *value;
        expanded = true;
        at = end + 1;
    }
    node.text = std::move(out);
    node.plain = node.plain || expanded;
}

}  // namespace

void expand_environment(YamlNode& node, const EnvLookup& env, Problems& problems) {
    if (node.kind == YamlNode::Kind::scalar) expand_text(node, env, problems);
    for (auto& item : node.items) expand_environment(item, env, problems);
    for (auto& entry : node.entries) expand_environment(entry.value, env, problems);
}

}  // namespace treasurer
