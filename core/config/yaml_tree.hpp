/// YAML as a tree whose every value knows its place. Stricter than YAML: one document, no duplicate keys, no own tags,
/// bounded size, depth and aliases. The only reader of YAML text in the project.
/// Threads: a tree is plain data. Errors: found problems are returned, never thrown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/problem.hpp"

namespace treasurer {

struct YamlEntry;

struct YamlNode {
    enum class Kind { null, scalar, list, map };
    Kind kind = Kind::null;
    Position at = {};
    std::string text = {};  ///< of a scalar
    bool plain = true;      ///< a scalar without quotes: may be read as a number or a flag
    std::vector<YamlNode> items = {};
    std::vector<YamlEntry> entries;  // no initialiser: YamlEntry is not complete yet

    bool is_map() const { return kind == Kind::map; }
    const YamlNode* find(std::string_view key) const;
    YamlNode* find(std::string_view key);
    /// The node at "a.b.c", or nullptr.
    const YamlNode* find_path(std::string_view path) const;
};

struct YamlEntry {
    std::string key;
    Position at;
    YamlNode value;
};

/// Reads `text`; `source` goes into positions. Problems are added to `problems`, and the tree is then incomplete.
YamlNode parse_yaml(std::string_view text, const std::string& source, Problems& problems);

/// Reads a file of at most 1 MiB.
YamlNode read_yaml_file(const std::string& file, Problems& problems);

}  // namespace treasurer
