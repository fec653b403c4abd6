#include "config/settings_reader.hpp"

#include <algorithm>
#include <charconv>

#include "config/suggestion.hpp"

namespace treasurer {

namespace {

std::string quoted(const YamlNode& node) {
    constexpr std::size_t shown = 40;
    const std::string text = node.text.size() > shown ? node.text.substr(0, shown) + "..." : node.text;
    return (node.plain ? "'" : "the text '") + text + "'";
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

}  // namespace

void SettingsReader::report(const YamlNode& node, std::string_view path, const std::string& what) {
    problems_.push_back({node.at, std::string(path) + ": " + what});
}

const YamlNode* SettingsReader::raw(std::string_view path) {
    known_.emplace(path);
    return root_.find_path(path);
}

const YamlNode* SettingsReader::section(std::string_view path) {
    sections_.emplace(path);
    return root_.find_path(path);
}

Position SettingsReader::position(std::string_view path) const {
    const YamlNode* node = root_.find_path(path);
    return node != nullptr ? node->at : root_.at;
}

const YamlNode* SettingsReader::scalar(std::string_view path) {
    return scalar(raw(path), path);
}

const YamlNode* SettingsReader::scalar(const YamlNode* node, std::string_view path) {
    if (node == nullptr || node->kind == YamlNode::Kind::scalar) return node;
    if (node->kind == YamlNode::Kind::null)
        report(*node, path, "has no value (remove the line for the default, or write '' for an empty text)");
    else
        report(*node, path, node->is_map() ? "is a single value, not a map" : "is a single value, not a list");
    return nullptr;
}

void SettingsReader::text(std::string_view path, std::string& value) {
    if (const YamlNode* node = scalar(path)) value = node->text;
}

void SettingsReader::choice(std::string_view path, std::string& value, const std::vector<std::string>& allowed) {
    const YamlNode* node = scalar(path);
    if (node == nullptr) return;
    if (std::find(allowed.begin(), allowed.end(), node->text) == allowed.end())
        return report(
            *node, path,
            "must be one of " + joined(allowed) + "; found " + quoted(*node) + suggestion(node->text, allowed));
    value = node->text;
}

void SettingsReader::texts(std::string_view path, std::vector<std::string>& value) {
    const YamlNode* node = raw(path);
    if (node == nullptr) return;
    if (node->kind != YamlNode::Kind::list) return report(*node, path, "must be a list, such as [first, second]");
    std::vector<std::string> out;
    for (const auto& item : node->items) {
        if (item.kind != YamlNode::Kind::scalar) return report(item, path, "must be a list of texts");
        out.push_back(item.text);
    }
    value = std::move(out);
}

void SettingsReader::tiers(std::string_view path, std::vector<TierSettings>& value, std::size_t most, atr::Decimal max,
                           std::int64_t most_approvals) {
    const YamlNode* node = raw(path);
    if (node == nullptr) return;
    if (node->kind != YamlNode::Kind::list)
        return report(*node, path, "must be a list, such as [{above: \"10000\", approvals: 2}]");
    if (node->items.size() > most) return report(*node, path, "has more than " + std::to_string(most) + " tiers");
    std::vector<TierSettings> out;
    for (const auto& item : node->items) {
        const auto one = tier(item, std::string(path) + '[' + std::to_string(out.size()) + ']', max, most_approvals);
        if (!one) return;
        if (!out.empty() && (one->above <= out.back().above || one->approvals <= out.back().approvals))
            return report(item, path, "must rise from tier to tier, in above and in approvals");
        out.push_back(*one);
    }
    value = std::move(out);
}

std::optional<TierSettings> SettingsReader::tier(const YamlNode& node, const std::string& path, atr::Decimal max,
                                                 std::int64_t most_approvals) {
    const YamlNode *above = node.find("above"), *approvals = node.find("approvals");
    if (!above || !approvals || node.entries.size() != 2) {
        report(node, path, "must be a map of above and approvals, such as {above: \"10000\", approvals: 2}");
        return std::nullopt;
    }
    const auto amount = decimal(above, path + ".above", 0, max);
    const auto persons = number(approvals, path + ".approvals", 2, most_approvals);
    if (!amount || !persons) return std::nullopt;
    return TierSettings{*amount, *persons};
}

void SettingsReader::flag(std::string_view path, bool& value) {
    const YamlNode* node = scalar(path);
    if (node == nullptr) return;
    if (!node->plain || (node->text != "true" && node->text != "false"))
        return report(*node, path, "must be true or false; found " + quoted(*node));
    value = node->text == "true";
}

std::optional<std::int64_t> SettingsReader::number(std::string_view path, std::int64_t min, std::int64_t max) {
    return number(raw(path), path, min, max);
}

std::optional<std::int64_t> SettingsReader::number(const YamlNode* node, std::string_view path, std::int64_t min,
                                                   std::int64_t max) {
    node = scalar(node, path);
    if (node == nullptr) return std::nullopt;
    std::int64_t out = 0;
    const char* end = node->text.data() + node->text.size();
    const auto [stop, error] = std::from_chars(node->text.data(), end, out);
    const bool whole = node->plain && stop == end && error != std::errc::invalid_argument;
    if (!whole) {
        report(*node, path, "must be a whole number; found " + quoted(*node));
        return std::nullopt;
    }
    if (error != std::errc() || out < min || out > max) {
        report(*node, path,
               "must be " + std::to_string(min) + " to " + std::to_string(max) + "; found " + quoted(*node));
        return std::nullopt;
    }
    return out;
}

void SettingsReader::integer(std::string_view path, std::int64_t& value, std::int64_t min, std::int64_t max) {
    value = number(path, min, max).value_or(value);
}

void SettingsReader::milliseconds(std::string_view path, std::chrono::milliseconds& value, std::int64_t min,
                                  std::int64_t max) {
    value = std::chrono::milliseconds(number(path, min, max).value_or(value.count()));
}

void SettingsReader::seconds(std::string_view path, std::chrono::seconds& value, std::int64_t min, std::int64_t max) {
    value = std::chrono::seconds(number(path, min, max).value_or(value.count()));
}

void SettingsReader::decimal(std::string_view path, atr::Decimal& value, atr::Decimal min, atr::Decimal max) {
    value = decimal(raw(path), path, min, max).value_or(value);
}

std::optional<atr::Decimal> SettingsReader::decimal(const YamlNode* node, std::string_view path, atr::Decimal min,
                                                    atr::Decimal max) {
    node = scalar(node, path);
    if (node == nullptr) return std::nullopt;
    const auto read = atr::Decimal::parse(node->text);
    if (!read)
        report(*node, path, "must be a decimal such as \"500.00\"; found " + quoted(*node));
    else if (*read < min || *read > max)
        report(*node, path, "must be " + min.to_string() + " to " + max.to_string() + "; found " + quoted(*node));
    else
        return read;
    return std::nullopt;
}

std::vector<std::string> SettingsReader::known_below(const std::string& path) const {
    const std::string prefix = path.empty() ? std::string() : path + '.';
    std::set<std::string> out;
    for (const auto* names : {&known_, &sections_})
        for (const auto& name : *names) {
            if (!name.starts_with(prefix)) continue;
            const std::string rest = name.substr(prefix.size());
            out.insert(rest.substr(0, rest.find('.')));
        }
    return {out.begin(), out.end()};
}

void SettingsReader::report_unknown(const YamlNode& node, const std::string& path) {
    const auto below = known_below(path);
    for (const auto& entry : node.entries) {
        const std::string full = path.empty() ? entry.key : path + '.' + entry.key;
        if (known_.contains(full)) continue;
        if (std::find(below.begin(), below.end(), entry.key) == below.end()) {
            problems_.push_back({entry.at, "unknown setting '" + full + "'" + suggestion(entry.key, below)});
            continue;
        }
        if (entry.value.is_map())
            report_unknown(entry.value, full);
        else if (entry.value.kind != YamlNode::Kind::null)
            report(entry.value, full, "must be a map of settings");
    }
}

void SettingsReader::report_unknown() {
    report_unknown(root_, "");
}

}  // namespace treasurer
