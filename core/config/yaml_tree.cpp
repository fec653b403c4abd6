#include "config/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include "plugin/border.hpp"

namespace treasurer {

namespace {

constexpr std::size_t max_file_bytes = 1 << 20;
constexpr std::size_t max_nodes = 20'000;  ///< aliases counted as often as they are used
constexpr std::size_t max_depth = 32;

struct Stop {};

/// Builds the tree from yaml-cpp's events; a problem that leaves no sense in what follows ends it by Stop.
class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(const std::string& source, Problems& problems) : source_(source), problems_(problems) {}

    YamlNode take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (documents_++ > 0) fail(mark, "a second document; settings are one document");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        YamlNode node;
        node.at = place(mark);
        add(std::move(node), anchor);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto known = anchors_.find(anchor);
        if (known == anchors_.end()) return fail(mark, "an alias inside of what it stands for");
        YamlNode copy = known->second;
        count(copy, mark);
        add(std::move(copy), 0);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        YamlNode node;
        node.kind = YamlNode::Kind::scalar;
        node.at = place(mark);
        node.text = value;
        node.plain = tag == "?";
        check_tag(mark, tag);
        add(std::move(node), anchor);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(YamlNode::Kind::list, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(YamlNode::Kind::map, mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

private:
    struct Frame {
        YamlNode node;
        YAML::anchor_t anchor;
        std::optional<YamlEntry> entry;  ///< a key that still waits for its value
    };

    Position place(const YAML::Mark& mark) const { return {source_, mark.line + 1, mark.column + 1}; }

    void fail(const YAML::Mark& mark, const std::string& what) {
        problems_.push_back({place(mark), what});
        throw Stop{};
    }

    void check_tag(const YAML::Mark& mark, const std::string& tag) {
        if (tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str") return;
        fail(mark, "the tag '" + tag + "' means nothing here");
    }

    void count(const YamlNode& node, const YAML::Mark& mark) {
        if (++nodes_ > max_nodes) fail(mark, "more than 20000 values, aliases counted");
        for (const auto& item : node.items) count(item, mark);
        for (const auto& entry : node.entries) count(entry.value, mark);
    }

    void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        check_tag(mark, tag);
        if (stack_.size() >= max_depth) fail(mark, "nested more than 32 deep");
        Frame& frame = stack_.emplace_back();
        frame.node.kind = kind;
        frame.node.at = place(mark);
        frame.anchor = anchor;
    }

    void close() {
        Frame frame = std::move(stack_.back());
        stack_.pop_back();
        add(std::move(frame.node), frame.anchor);
    }

    void add(YamlNode node, YAML::anchor_t anchor) {
        if (++nodes_ > max_nodes) {
            problems_.push_back({node.at, "more than 20000 values, aliases counted"});
            throw Stop{};
        }
        if (anchor != 0) anchors_[anchor] = node;
        if (stack_.empty()) {
            root_ = std::move(node);
            return;
        }
        Frame& parent = stack_.back();
        if (parent.node.kind == YamlNode::Kind::list)
            parent.node.items.push_back(std::move(node));
        else if (!parent.entry)
            start_entry(parent, std::move(node));
        else
            end_entry(parent, std::move(node));
    }

    void start_entry(Frame& parent, YamlNode key) {
        if (key.kind != YamlNode::Kind::scalar || key.text.empty()) {
            problems_.push_back({key.at, "a setting's name must be a word"});
            key.text.clear();
        }
        parent.entry = YamlEntry{.key = std::move(key.text), .at = std::move(key.at), .value = {}};
    }

    void end_entry(Frame& parent, YamlNode value) {
        YamlEntry entry = std::move(*parent.entry);
        parent.entry.reset();
        if (entry.key.empty()) return;
        for (const auto& other : parent.node.entries)
            if (other.key == entry.key) {
                problems_.push_back({entry.at, '\'' + entry.key + "' stands here twice; first in line " +
                                                   std::to_string(other.at.line)});
                return;
            }
        entry.value = std::move(value);
        parent.node.entries.push_back(std::move(entry));
    }

    const std::string& source_;
    Problems& problems_;
    YamlNode root_;
    std::vector<Frame> stack_;
    std::map<YAML::anchor_t, YamlNode> anchors_;
    std::size_t nodes_ = 0;
    int documents_ = 0;
};

Position first_bad_byte(std::string_view text, const std::string& source) {
    Position at{source, 1, 1};
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        if (!border::is_utf8(line)) {
            while (border::is_utf8(line.substr(0, static_cast<std::size_t>(at.column)))) ++at.column;
            return at;
        }
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        ++at.line;
    }
    return at;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
    for (const auto& entry : entries)
        if (entry.key == key) return &entry.value;
    return nullptr;
}

YamlNode* YamlNode::find(std::string_view key) {
    for (auto& entry : entries)
        if (entry.key == key) return &entry.value;
    return nullptr;
}

const YamlNode* YamlNode::find_path(std::string_view path) const {
    const YamlNode* node = this;
    while (node != nullptr && !path.empty()) {
        const auto dot = path.find('.');
        node = node->find(path.substr(0, dot));
        path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    }
    return node;
}

YamlNode parse_yaml(std::string_view text, const std::string& source, Problems& problems) {
    if (!border::is_utf8(text)) {
        problems.push_back({first_bad_byte(text, source), "not UTF-8 from here on"});
        return {};
    }
    if (const auto zero = text.find('\0'); zero != text.npos) {  // the library would guess UTF-16 or UTF-32
        const auto before = text.substr(0, zero);
        const auto line = std::count(before.begin(), before.end(), '\n') + 1;
        const auto column = zero - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
        problems.push_back({{source, static_cast<int>(line), static_cast<int>(column)},
                            "not text: a zero byte; save the file as UTF-8"});
        return {};
    }
    TreeBuilder builder(source, problems);
    try {
        std::istringstream in{std::string(text)};
        YAML::Parser parser(in);
        while (parser.HandleNextDocument(builder)) continue;
    } catch (const Stop&) {
        return {};
    } catch (const YAML::Exception& error) {
        problems.push_back({{source, error.mark.line + 1, error.mark.column + 1}, "not YAML: " + error.msg});
        return {};
    }
    return builder.take();
}

YamlNode read_yaml_file(const std::string& file, Problems& problems) {
    const auto refuse = [&](const std::string& what) {
        problems.push_back({{file, 0, 0}, what});
        return YamlNode{};
    };
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (!std::filesystem::exists(status)) return refuse("no such file");
    if (std::filesystem::is_directory(status)) return refuse("is a folder, not a file");
    std::ifstream in(file, std::ios::binary);
    if (!in) return refuse("cannot be read: check its permissions");
    std::string text(max_file_bytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) return refuse("cannot be read to its end");
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > max_file_bytes) return refuse("larger than 1 MiB");
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) return refuse("is empty");
    const std::size_t before = problems.size();
    YamlNode root = parse_yaml(text, file, problems);
    if (problems.size() == before && !root.is_map()) {
        problems.push_back({{file, 1, 1}, "settings are a map of names to values"});
        return {};
    }
    return root;
}

}  // namespace treasurer
