#include "run/registry.hpp"

#include <iterator>

namespace atr::testkit {

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

Checks in_stage(Stage stage, Checks checks) {
    for (auto& check : checks) check.stage = stage;
    return checks;
}

Checks watched_rules() {
    return in_stage(
        Stage::robustness,
        {
            {rule_returns, "Every call returns before its deadline (R6).",
             "A call that does not return keeps a thread of the plugin's pool; a few of them stop the plugin.",
             "A socket without time-out, a lock held during I/O, or a retry loop that does not look at the clock.",
             "Bound every wait by call->deadline_unix_ms, and poll call->cancelled in loops.", nullptr},
            {rule_outcomes, "An outcome is one of the closed set.",
             "The host acts on the outcome alone, and must take what it does not know for UNKNOWN.",
             "errno, a status of HTTP, or -1 passed on as the outcome.", "Return ATR_OK .. ATR_UNSUPPORTED only.",
             nullptr},
            {rule_exceptions, "No exception, panic or longjmp leaves a plugin function (R3).",
             "It would unwind through frames of another compiler or language, and end the process.",
             "bad_alloc, a parser of JSON that throws, or unwrap() in Rust.",
             "Catch everything at the border; the C++ API of the SDK does it for you.", nullptr},
            {rule_survives, "A plugin never ends the process it lives in.",
             "All payments that are under way go down with it.",
             "A pointer into an input that was kept after the call, recursion over hostile input, or a library's "
             "abort().",
             "No exit(), abort() or crash: answer with an outcome and a message.", nullptr},
            {rule_sinks, "A sink that has said stop is called no more.", "The caller has said how much it can hold.",
             "A loop that ignores what the sink returns.",
             "Stop at the first result other than 0 and return ATR_REJECTED.", nullptr},
            {rule_errors, "atr_error holds whole, zero-ended UTF-8.",
             "The text goes into logs and answers, which must be UTF-8.",
             "strncpy, which leaves no zero byte, or a cut in the middle of a letter.",
             "Cut messages at a character border and end them with a zero byte.", nullptr},
            {rule_logs, "Log lines are UTF-8 with a JSON object of fields, a level of 0 to 5, and few.",
             "Logs are read by programs, and a flood hides what counts.",
             "Bytes of a document or a server's message put into a line unescaped, or a line a call.",
             "Log what an operator acts on, not every call.", nullptr},
            {rule_silent, "A plugin writes nothing to standard output.",
             "The host's standard output is a protocol: whoever starts it reads the line that says ready.",
             "A printf left from debugging, or a library that greets.", "Use atr_host.log.", nullptr},
        });
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
