/// One rule of the contract, and the function that tries to catch a plugin breaking it.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "base/failure.hpp"

namespace atr::testkit {

enum class Stage { file, load, describe, lifecycle, kind, threads, robustness };

std::string_view to_string(Stage stage);

/// When a check is run, beside its stage.
enum class When {
    always,
    after_rules,  ///< only if no rule of the kind was broken before: it would only find the same again
    full          ///< as after_rules, and only with Depth::full
};

struct Check {
    std::string_view code;     ///< stable for ever: ATR-STORAGE-014
    std::string_view rule;     ///< the sentence it protects
    std::string_view why;      ///< what happens to whom where it is broken
    std::string_view pitfall;  ///< what usually breaks it
    std::string_view advice;   ///< what the plugin's author does about it
    void (*run)(Context&);     ///< null for a rule that holds in every call and is watched all the time
    Stage stage = Stage::kind;
    When when = When::always;
    bool gate = false;  ///< when it fails, nothing behind it can be judged
    std::chrono::seconds limit{30};
};

/// Codes of the rules that hold in every call.
inline constexpr std::string_view rule_returns = "ATR-ROBUST-001", rule_outcomes = "ATR-ROBUST-002",
                                  rule_exceptions = "ATR-ROBUST-003", rule_survives = "ATR-ROBUST-004",
                                  rule_sinks = "ATR-ROBUST-005", rule_errors = "ATR-ROBUST-006",
                                  rule_logs = "ATR-ROBUST-007", rule_silent = "ATR-ROBUST-008";

}  // namespace atr::testkit
