/// Every key the core caches, how long it may live, and which collections make it stale: the one place to look.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "runtime/executor.hpp"

namespace treasurer::cache {

struct CacheKey {
    std::string_view name;
    Millis ttl;
};

/// Figures of the treasury: booked, available, burn and runway.
inline constexpr CacheKey treasury_balance{"treasury:balance", Millis{30'000}};
/// The encoded answer of GET /api/dashboard.
inline constexpr CacheKey treasury_dashboard{"treasury:dashboard", Millis{30'000}};
/// The 50 newest lines of the activity log.
inline constexpr CacheKey treasury_daily_logs{"treasury:daily_logs", Millis{30'000}};
/// What GET /api/settings/limit(s) answers.
inline constexpr CacheKey treasury_settings{"treasury:settings", Millis{3'600'000}};
/// The policy in force.
inline constexpr CacheKey policy_limits{"policy:limits", Millis{3'600'000}};

inline constexpr std::array all_keys = {treasury_balance, treasury_dashboard, treasury_daily_logs, treasury_settings,
                                        policy_limits};

struct StaleRule {
    std::string_view collection;
    CacheKey key;
};

/// A change in `collection` makes `key` stale.
inline constexpr std::array stale_rules = {
    StaleRule{"balances", treasury_balance},    StaleRule{"rollups", treasury_balance},
    StaleRule{"balances", treasury_dashboard},  StaleRule{"rollups", treasury_dashboard},
    StaleRule{"approvals", treasury_dashboard}, StaleRule{"payments", treasury_dashboard},
    StaleRule{"policy", treasury_dashboard},    StaleRule{"activity", treasury_daily_logs},
    StaleRule{"store", treasury_dashboard},     StaleRule{"policy", treasury_settings},
    StaleRule{"policy", policy_limits},
};

}  // namespace treasurer::cache
