/// Fills settings from a tree, and keeps account of which names are known.
/// Threads: one. Lifetime: the tree and the problems outlive it.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "config/problem.hpp"
#include "config/settings_keys.hpp"
#include "config/yaml_tree.hpp"

namespace treasurer {

class SettingsReader final : public SettingsVisitor {
public:
    SettingsReader(const YamlNode& root, Problems& problems) : root_(root), problems_(problems) {}

    void text(std::string_view path, std::string& value) override;
    void choice(std::string_view path, std::string& value, const std::vector<std::string>& allowed) override;
    void texts(std::string_view path, std::vector<std::string>& value) override;
    void tiers(std::string_view path, std::vector<TierSettings>& value, std::size_t most, atr::Decimal max,
               std::int64_t most_approvals) override;
    void flag(std::string_view path, bool& value) override;
    void integer(std::string_view path, std::int64_t& value, std::int64_t min, std::int64_t max) override;
    void decimal(std::string_view path, atr::Decimal& value, atr::Decimal min, atr::Decimal max) override;
    void milliseconds(std::string_view path, std::chrono::milliseconds& value, std::int64_t min,
                      std::int64_t max) override;
    void seconds(std::string_view path, std::chrono::seconds& value, std::int64_t min, std::int64_t max) override;

    /// A name whose value, of whatever shape, somebody else reads.
    const YamlNode* raw(std::string_view path);
    /// A map whose names are the operator's own; what stands below it is read one by one.
    const YamlNode* section(std::string_view path);
    /// Where a setting stands, or where the file begins when it does not.
    Position position(std::string_view path) const;
    /// Reports every name that nobody asked for, and every value where a map should be.
    void report_unknown();

private:
    /// The scalar at a path; nullptr: not given, or reported as something else.
    const YamlNode* scalar(std::string_view path);
    const YamlNode* scalar(const YamlNode* node, std::string_view path);
    std::optional<std::int64_t> number(std::string_view path, std::int64_t min, std::int64_t max);
    std::optional<std::int64_t> number(const YamlNode* node, std::string_view path, std::int64_t min, std::int64_t max);
    std::optional<atr::Decimal> decimal(const YamlNode* node, std::string_view path, atr::Decimal min,
                                        atr::Decimal max);
    std::optional<TierSettings> tier(const YamlNode& node, const std::string& path, atr::Decimal max,
                                     std::int64_t most_approvals);
    void report(const YamlNode& node, std::string_view path, const std::string& what);
    void report_unknown(const YamlNode& node, const std::string& path);
    std::vector<std::string> known_below(const std::string& path) const;

    const YamlNode& root_;
    Problems& problems_;
    std::set<std::string, std::less<>> known_, sections_;
};

}  // namespace treasurer
