/// Every key the core caches, how long it may live, and which collections make it stale: the one place to look.
/// docs/architecture.md shows the same table, and a test compares them.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "runtime/executor.hpp"

namespace treasurer::cache {

struct CacheKey {
    std::string_view name;
    Millis ttl;
    Millis stale_for{0};  ///< after its time it is still given for so long, while it is read anew; see CacheService
};

/// Figures of the treasury: booked, available, held, burn and runway.
inline constexpr CacheKey treasury_balance{"treasury:balance", Millis{30'000}, Millis{5'000}};
/// What waits for people, and whether the store is in quarantine. The dashboard is the same for everybody: decision
/// 0034.
inline constexpr CacheKey treasury_waiting{"treasury:waiting", Millis{30'000}, Millis{5'000}};
/// The 50 newest lines of the activity log.
inline constexpr CacheKey treasury_daily_logs{"treasury:daily_logs", Millis{30'000}, Millis{5'000}};
/// What GET /api/settings/limit and /limits answer.
inline constexpr CacheKey treasury_settings{"treasury:settings", Millis{3'600'000}, Millis{5'000}};
/// The policy in force, until it is changed; the hour bounds what a loss of commits may leave behind (decision 0017).
inline constexpr CacheKey policy_limits{"policy:limits", Millis{3'600'000}, Millis{5'000}};

inline constexpr std::array all_keys = {treasury_balance, treasury_waiting, treasury_daily_logs, treasury_settings,
                                        policy_limits};

struct StaleRule {
    std::string_view collection;
    CacheKey key;
};

/// A change in `collection` makes `key` stale: of each key, every collection that its answer is read from.
inline constexpr std::array stale_rules = {
    StaleRule{"balances", treasury_balance},    StaleRule{"rollups", treasury_balance},
    StaleRule{"transfers", treasury_balance},   StaleRule{"approvals", treasury_waiting},
    StaleRule{"payments", treasury_waiting},    StaleRule{"store", treasury_waiting},
    StaleRule{"activity", treasury_daily_logs}, StaleRule{"policy", treasury_settings},
    StaleRule{"policy", policy_limits},
};

}  // namespace treasurer::cache
