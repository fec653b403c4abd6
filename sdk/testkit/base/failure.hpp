/// How a check ends when it does not pass. Thrown inside a check only, never through a plugin's frames.
#pragma once

#include <string>
#include <utility>

namespace atr::testkit {

/// The plugin broke a rule: what the rule wants, and what was seen.
struct Failure {
    std::string expected, seen;
    std::string code = {};  ///< of another rule than the check's own, which holds in every call
};

/// The plugin does not declare the capability, so there is nothing to check. No other reason is legal.
struct Undeclared {
    std::string capability;
};

[[noreturn]] inline void fail(std::string expected, std::string seen) {
    throw Failure{std::move(expected), std::move(seen), {}};
}

inline void expect(bool holds, const std::string& expected, const std::string& seen) {
    if (!holds) fail(expected, seen);
}

/// For values that can be shown as text.
template <class A, class B>
void expect_equal(const A& seen, const B& wanted, const std::string& what) {
    if (seen == wanted) return;
    const auto text = [](const auto& value) {
        if constexpr (std::is_arithmetic_v<std::decay_t<decltype(value)>>) {
            return std::to_string(value);
        } else {
            const std::string out(value);
            return out.size() <= 200 ? out : out.substr(0, 200) + "... (" + std::to_string(out.size()) + " bytes)";
        }
    };
    fail(what + ": " + text(wanted), text(seen));
}

}  // namespace atr::testkit
