/// The one list of all settings: path, bounds and unit of each, beside the member it fills. The loader reads by it, the
/// documentation is tested by it, and whoever shows settings walks it. The plugin slots follow a shape of their own
/// (plugin_slots.hpp).
#pragma once

#include <atr/decimal.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace treasurer {

/// Told of every setting in turn.
class SettingsVisitor {
public:
    virtual ~SettingsVisitor() = default;
    virtual void text(std::string_view path, std::string& value) = 0;
    virtual void choice(std::string_view path, std::string& value, const std::vector<std::string>& allowed) = 0;
    virtual void texts(std::string_view path, std::vector<std::string>& value) = 0;
    /// `most` of them, each of at most `most_approvals` above at most `max`.
    virtual void tiers(std::string_view path, std::vector<TierSettings>& value, std::size_t most, atr::Decimal max,
                       std::int64_t most_approvals) = 0;
    virtual void flag(std::string_view path, bool& value) = 0;
    virtual void integer(std::string_view path, std::int64_t& value, std::int64_t min, std::int64_t max) = 0;
    virtual void decimal(std::string_view path, atr::Decimal& value, atr::Decimal min, atr::Decimal max) = 0;
    virtual void milliseconds(std::string_view path, std::chrono::milliseconds& value, std::int64_t min,
                              std::int64_t max) = 0;
    virtual void seconds(std::string_view path, std::chrono::seconds& value, std::int64_t min, std::int64_t max) = 0;
};

void visit_settings(Settings& settings, SettingsVisitor& visitor);

}  // namespace treasurer
