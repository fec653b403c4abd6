/// What an operator may set of the simulated bank. Every knob is documented where it is declared (settings.cpp), which
/// is also the JSON Schema the host checks.
#pragma once

#include <atr/config.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace rail_simulated {

struct BankSettings {
    std::string path;
    std::string account = "treasury";
    std::vector<std::string> assets = {"MNEE:5"};
    atr::Decimal opening_balance = 100'000;
    atr::Decimal fee = 0;
    bool idempotent = true;
    std::chrono::milliseconds latency{0}, latency_max{0};
    std::int64_t refuse_every = 0;
    std::int64_t unknown_every = 0;
    std::chrono::milliseconds settle_after{0};
    std::chrono::milliseconds visible_after{0};
    bool duplicate_notices = false;
    bool enforce_not_after = false;
    std::string synchronous = "full";
};

atr::Config<BankSettings> bank_config();

struct Asset {
    std::string name;
    int decimals = 0;
};

/// The settings after they have been judged: what the rest of the plugin works with.
struct Terms {
    BankSettings settings;
    std::vector<Asset> assets;

    /// nullptr: the bank does not know it.
    const Asset* find(std::string_view name) const;
};

/// Errors: rejected, ATR_E_CONFIG, naming the setting.
atr::Result<Terms> judge(BankSettings);

}  // namespace rail_simulated
