#include "config/overrides.hpp"

#include <algorithm>
#include <string_view>

namespace treasurer {

namespace {

struct Override {
    std::vector<std::string> path;
    std::string value;
    Position at;
};

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> out;
    for (std::size_t from = 0; from <= path.size();) {
        const auto dot = std::min(path.find('.', from), path.size());
        out.emplace_back(path.substr(from, dot - from));
        from = dot + 1;
    }
    return out;
}

bool read_override(const std::string& text, Override& out, Problems& problems) {
    const auto equals = text.find('=');
    const std::string path = text.substr(0, equals);
    out.at = {"--set " + path, 0, 0};
    if (equals == std::string::npos) {
        problems.push_back({out.at, "expected path.to.key=value"});
        return false;
    }
    out.path = split(path);
    out.value = text.substr(equals + 1);
    if (std::find(out.path.begin(), out.path.end(), "") != out.path.end()) {
        problems.push_back({out.at, "an empty name in the path"});
        return false;
    }
    return true;
}

bool selects_plugin(const Override& from) {
    return from.path.size() >= 3 && from.path.front() == "plugins" && from.path.back() == "use";
}

YamlNode& child(YamlNode& parent, const std::string& key, const Position& at) {
    if (YamlNode* known = parent.find(key)) return *known;
    parent.kind = YamlNode::Kind::map;
    YamlNode fresh;
    fresh.at = at;
    return parent.entries.emplace_back(YamlEntry{.key = key, .at = at, .value = std::move(fresh)}).value;
}

/// The map that holds the override's last name, or nullptr when something else is in the way.
YamlNode* open_parent(YamlNode& root, const Override& from, Problems& problems) {
    YamlNode* node = &root;
    std::string path;
    for (std::size_t i = 0; i + 1 < from.path.size(); ++i) {
        node = &child(*node, from.path[i], from.at);
        path += (i > 0 ? "." : "") + from.path[i];
        if (node->is_map() || node->kind == YamlNode::Kind::null) continue;
        problems.push_back({from.at, "'" + path + "' is a value, not a map of settings"});
        return nullptr;
    }
    node->kind = YamlNode::Kind::map;
    return node;
}

void drop_config_of_other_plugin(YamlNode& root, const Override& from) {
    YamlNode* slot = &root;
    for (std::size_t i = 0; slot != nullptr && i + 1 < from.path.size(); ++i) slot = slot->find(from.path[i]);
    if (slot == nullptr) return;
    const YamlNode* use = slot->find("use");
    if (use != nullptr && use->text == from.value) return;
    std::erase_if(slot->entries, [](const YamlEntry& entry) { return entry.key == "config"; });
}

YamlNode read_value(const Override& from, Problems& problems) {
    YamlNode out;
    if (from.value.starts_with('[') || from.value.starts_with('{')) {
        out = parse_yaml(from.value, from.at.source, problems);
    } else {
        out.kind = YamlNode::Kind::scalar;
        out.text = from.value;
    }
    out.at = from.at;
    return out;
}

void set(YamlNode& root, const Override& from, Problems& problems) {
    YamlNode* parent = open_parent(root, from, problems);
    if (parent == nullptr) return;
    for (auto& entry : parent->entries) {
        if (entry.key != from.path.back()) continue;
        entry.at = from.at;
        entry.value = read_value(from, problems);
        return;
    }
    parent->entries.push_back({.key = from.path.back(), .at = from.at, .value = read_value(from, problems)});
}

}  // namespace

void apply_overrides(YamlNode& root, const std::vector<std::string>& overrides, Problems& problems) {
    std::vector<Override> read;
    for (const auto& text : overrides) {
        Override one;
        if (read_override(text, one, problems)) read.push_back(std::move(one));
    }
    for (const auto& one : read)
        if (selects_plugin(one)) drop_config_of_other_plugin(root, one);
    for (const auto& one : read) set(root, one, problems);
}

}  // namespace treasurer
