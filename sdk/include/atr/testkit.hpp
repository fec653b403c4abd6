/// The conformance kit: every sentence of atr.h that a plugin can break, as a check. Each check runs in a forked child
/// with a time limit and a fresh data folder, so that a plugin can take nothing down with it but its own check.
///
/// `treasurer plugin check X.so` and `atr_add_plugin_check()` of the SDK's CMake files are both this function.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace atr::testkit {

/// How much is done: `quick` is for every build, `normal` for a release, `full` adds a million records.
enum class Depth { quick, normal, full };

struct Options {
    std::filesystem::path plugin;
    /// The plugin's configuration as a JSON object. In its texts, `{data}` becomes the check's fresh folder and
    /// `{unique}` a name of lower-case letters, digits and '_' that no other check has: a schema, a key prefix.
    std::string config_json = "{}";
    std::string component = {};          ///< id of the only component to check; empty: every one in the file
    std::vector<std::string> only = {};  ///< codes, stages or beginnings of codes; empty: all
    Depth depth = Depth::normal;
    std::uint64_t seed = 0;               ///< 0: a new one, which the report names
    std::chrono::milliseconds limit{0};   ///< of every check; 0: each check's own
    unsigned jobs = 0;                    ///< checks that run at once; 0: one a core, at least two
    std::filesystem::path work_dir = {};  ///< where data folders are made; empty: the system's temporary folder

    std::string creditor_json = R"({"name":"Conformance Kit","address":"kit-payee"})";  ///< rails: a payee that is paid
    std::string amount = "1";                                                           ///< rails: of one payment
    std::chrono::milliseconds final_within{15'000};     ///< rails: how long a payment may take to become final
    std::vector<std::filesystem::path> documents = {};  ///< parsers: documents it must read at least one field of
};

enum class Verdict { passed, failed, skipped, not_run };

struct CheckResult {
    std::string code, stage, rule;
    Verdict verdict = Verdict::not_run;
    std::string expected = {}, seen = {};             ///< of a failure
    std::string why = {}, pitfall = {}, advice = {};  ///< of a failure: as explanations() has them
    std::string reason = {};                          ///< of a skip: the undeclared capability; of not_run: why not
    std::string output = {};                          ///< of a failure: the end of what the plugin logged
    std::chrono::milliseconds took{0};
};

struct ComponentReport {
    std::string id, kind, version;
    std::vector<CheckResult> results;
};

struct Report {
    std::string plugin;
    std::uint64_t seed = 0;
    std::vector<ComponentReport> components;
    std::chrono::milliseconds took{0};

    std::size_t count(Verdict verdict) const;
    bool passed() const { return count(Verdict::failed) == 0 && count(Verdict::not_run) == 0; }
};

/// One component as its file describes it, read in a child process.
struct ComponentFacts {
    std::string id, kind, version, title, config_schema_json;
};

/// How long loading a file may take where nothing else is said.
inline constexpr std::chrono::milliseconds loading_limit{30'000};

/// What the file holds; empty when it does not load within `limit` (check_plugin() then says why). What it prints while
/// it is loaded is dropped. Needs a process without threads.
std::vector<ComponentFacts> describe_plugin(const std::filesystem::path& plugin,
                                            std::chrono::milliseconds limit = loading_limit);

/// Adds "key=value" settings to the JSON object `config_json`, each with the type that `schema_json` gives it, else as
/// it reads: true, 5, [..], {..}, text. "a.b=1" sets b within a. Throws std::invalid_argument.
std::string with_settings(const std::string& config_json, const std::vector<std::string>& settings,
                          const std::string& schema_json);

/// Runs the checks. `progress` hears of each result as it comes. Threads: fork() is used, so call it before the process
/// has started any thread. Errors: what is wrong with the plugin is in the report; throws std::invalid_argument for
/// options that make no sense, std::system_error when the machine has no processes or files left.
Report check_plugin(const Options& options, const std::function<void(const CheckResult&)>& progress = {});

/// One rule of the contract, explained: the words of the check that tries it.
struct Explanation {
    std::string_view code;     ///< ATR-STORAGE-065
    std::string_view rule;     ///< the sentence that plugins keep
    std::string_view why;      ///< what happens to whom where it is broken
    std::string_view pitfall;  ///< what usually breaks it
    std::string_view advice;   ///< what the plugin's author does about it
    std::string_view guide;    ///< where docs/plugin_guide.md tells more: the anchor of a heading
};

/// Every rule that the kit tries, each code once, those of one kind side by side.
std::vector<Explanation> explanations();
std::string to_text(const Explanation& explanation);

/// The report for people, for build servers, for programs.
std::string to_text(const Report& report);
std::string to_junit(const Report& report);
std::string to_json(const Report& report);

/// Exit codes of everything that runs the kit.
enum ExitCode : int { all_passed = 0, some_failed = 1, usage_error = 2 };

}  // namespace atr::testkit
