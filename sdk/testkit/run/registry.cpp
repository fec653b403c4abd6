#include "run/registry.hpp"

#include <iterator>

namespace atr::testkit {

namespace {

constexpr Check watched(std::string_view code, std::string_view rule, std::string_view advice) {
    return {.code = code, .rule = rule, .advice = advice, .run = nullptr, .stage = Stage::robustness};
}

}  // namespace

std::string_view to_string(Stage stage) {
    switch (stage) {
        case Stage::file:
            return "file";
        case Stage::load:
            return "load";
        case Stage::describe:
            return "describe";
        case Stage::lifecycle:
            return "lifecycle";
        case Stage::kind:
            return "kind";
        case Stage::threads:
            return "threads";
        case Stage::robustness:
            return "robustness";
    }
    return "";
}

Checks watched_rules() {
    return {
        watched(rule_returns, "Every call returns before its deadline (R6).",
                "Bound every wait by call->deadline_unix_ms, and poll call->cancelled in loops."),
        watched(rule_outcomes, "An outcome is one of the closed set.", "Return ATR_OK .. ATR_UNSUPPORTED only."),
        watched(rule_exceptions, "No exception, panic or longjmp leaves a plugin function (R3).",
                "Catch everything at the border; the C++ API of the SDK does it for you."),
        watched(rule_survives, "A plugin never ends the process it lives in.",
                "No exit(), abort() or crash: answer with an outcome and a message."),
        watched(rule_sinks, "A sink that has said stop is called no more.",
                "Stop at the first result other than 0 and return ATR_REJECTED."),
        watched(rule_errors, "atr_error holds whole, zero-ended UTF-8.",
                "Cut messages at a character border and end them with a zero byte."),
        watched(rule_logs, "Log lines are UTF-8 with a JSON object of fields, a level of 0 to 5, and few.",
                "Log what an operator acts on, not every call."),
        watched(rule_silent, "A plugin writes nothing to standard output.", "Use atr_host.log."),
    };
}

Checks component_checks(std::string_view kind) {
    Checks out = describe_checks();
    const auto add = [&](Checks more) { std::move(more.begin(), more.end(), std::back_inserter(out)); };
    add(lifecycle_checks());
    if (kind == "storage") add(storage_checks());
    if (kind == "cache") add(cache_checks());
    if (kind == "rail") add(rail_checks());
    if (kind == "parser") add(parser_checks());
    add(watched_rules());
    return out;
}

}  // namespace atr::testkit
