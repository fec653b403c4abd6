// treasurer plugin check: the conformance kit of the SDK, with the plugin's settings in YAML or as KEY=VALUE.
#include <atr/testkit.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>

#include "app/command_line.hpp"
#include "config/plugin_config.hpp"
#include "config/schema_check.hpp"
#include "plugin/plugin_file.hpp"

namespace treasurer::app {
namespace {

namespace kit = atr::testkit;

struct CheckOptions {
    kit::Options kit;
    std::vector<std::string> config;
    std::string format = "text", report;
    bool quick = false, full = false;
    unsigned limit_seconds = 0, final_within_seconds = 15;
};

std::chrono::milliseconds loading_limit(const kit::Options& options) {
    return options.limit.count() > 0 ? options.limit : kit::loading_limit;
}

/// The schema of the component that is checked, null where the file does not load: the kit then says why.
Json component_schema(const kit::Options& options) {
    for (const auto& facts : kit::describe_plugin(options.plugin, loading_limit(options)))
        if (options.component.empty() || facts.id == options.component)
            return read_schema(facts.config_schema_json).value_or(Json());
    return {};
}

/// The settings as JSON; false after every problem has been printed. A file is the plugin's `config:` alone.
bool read_config(const std::vector<std::string>& words, kit::Options& options) {
    const Json schema = component_schema(options);
    Problems problems;
    std::vector<std::string> settings;
    for (const auto& word : words) {
        if (word.find('=') != std::string::npos) {
            settings.push_back(word);
            continue;
        }
        const YamlNode tree = read_yaml_file(word, problems);
        const PluginConfigJson config = to_json(tree, schema);
        if (problems.empty() && schema.is_object()) check_plugin_config(config, schema, "config", problems);
        options.config_json = config.value.dump();
    }
    for (const auto& problem : problems) print_error(problem.to_string());
    if (!problems.empty()) return false;
    options.config_json = kit::with_settings(options.config_json, settings, schema.is_object() ? schema.dump() : "");
    if (!schema.is_object()) return true;
    const auto wrong = check_schema(Json::parse(options.config_json), schema);
    for (const auto& one : wrong)
        print_error("--config" + (one.pointer.empty() ? "" : " " + one.pointer) + ": " + one.what);
    return wrong.empty();
}

/// A code or its beginning; stages and kinds are written small.
bool names_a_check(const std::string& word) {
    if (word.empty() || std::ranges::none_of(word, [](char c) { return c >= 'A' && c <= 'Z'; })) return !word.empty();
    const auto all = kit::explanations();
    return std::ranges::any_of(all, [&](const kit::Explanation& one) { return one.code.starts_with(word); });
}

std::string a_folder(const std::filesystem::path& plugin) {
    return plugin.string() + " is a folder: name one .so file; `treasurer plugin list --dir " + plugin.string() +
           "` shows which there are";
}

/// The kit judges the file; whether a host would open it is another question, and better known now.
void warn_if_refused(const std::filesystem::path& plugin) {
    const auto opened = check_plugin_file(std::filesystem::absolute(plugin), {});
    if (!opened) std::cerr << "warning: a host would refuse this file: " << opened.error().message << '\n';
}

int run_check(CheckOptions options) {
    std::error_code ignored;
    if (std::filesystem::is_directory(options.kit.plugin, ignored)) {
        print_error(a_folder(options.kit.plugin));
        return usage;
    }
    if (!std::filesystem::is_regular_file(options.kit.plugin, ignored)) {
        print_error(check_shared_object(std::filesystem::absolute(options.kit.plugin)).error().message);
        return usage;
    }
    for (const auto& document : options.kit.documents)
        if (!std::filesystem::is_regular_file(document)) {
            print_error("--document " + document.string() + ": no such file");
            return usage;
        }
    options.kit.depth = options.full ? kit::Depth::full : options.quick ? kit::Depth::quick : kit::Depth::normal;
    options.kit.limit = std::chrono::seconds(options.limit_seconds);
    options.kit.final_within = std::chrono::seconds(options.final_within_seconds);
    for (const auto& word : options.kit.only)
        if (!names_a_check(word)) {
            print_error("--only " + word + ": no check has a code that begins so; treasurer plugin explain lists them");
            return usage;
        }
    if (!read_config(options.config, options.kit)) return usage;
    const kit::Report report = kit::check_plugin(options.kit);
    if (std::ranges::all_of(report.components, [](const auto& one) { return one.results.empty(); })) {
        print_error(
            "--only and --component leave no check of this file to run: treasurer plugin inspect FILE shows its "
            "components, treasurer plugin explain the checks");
        return usage;
    }
    const std::string text = options.format == "junit"  ? kit::to_junit(report)
                             : options.format == "json" ? kit::to_json(report)
                                                        : kit::to_text(report);
    if (options.report.empty()) {
        std::cout << text;
    } else {
        std::ofstream out(options.report, std::ios::binary);
        if (!(out << text).flush()) {
            print_error(options.report + " cannot be written");
            return usage;
        }
    }
    warn_if_refused(options.kit.plugin);
    return report.passed() ? done : finding;
}

}  // namespace

void add_plugin_check(CLI::App& plugin, int& exit_code) {
    auto options = std::make_shared<CheckOptions>();
    auto* check =
        plugin.add_subcommand("check", "whether a plugin keeps the contract: the conformance kit of its kind");
    check->footer(
        "In settings, {data} becomes a fresh folder and {unique} a fresh name (letters, digits, '_') for each check.\n"
        "Exit codes: 0 all passed, 1 a check failed or could not run, 2 wrong arguments or settings.");
    check->add_option("plugin", options->kit.plugin, "the .so file")->required();
    const auto repeated = [](CLI::Option* option) { option->take_all()->allow_extra_args(false); };
    repeated(check->add_option("--config", options->config, "a setting as KEY=VALUE, or a YAML file of settings"));
    repeated(check->add_option("--only", options->kit.only, "only this code (or the beginning of one), stage or kind"));
    check->add_option("--component", options->kit.component, "only this component of the file, by its id");
    check->add_option("--format", options->format, "text, junit or json")
        ->check(CLI::IsMember({"text", "junit", "json"}));
    check->add_option("--report", options->report, "write the report to this file");
    check->add_option("--seed", options->kit.seed, "replay the random choices of a report");
    auto* quick = check->add_flag("--quick", options->quick, "fewer repeats: seconds, for every build");
    check->add_flag("--full", options->full, "more repeats, and a million records")->excludes(quick);
    check->add_option("--limit", options->limit_seconds,
                      "seconds that one check, and loading the file, may take (default: each check's own; 30 to load)");
    check->add_option("--jobs", options->kit.jobs, "checks at once (default: one a core)");
    check->add_option("--creditor", options->kit.creditor_json, "rails: the payee, as JSON, that is paid");
    check->add_option("--amount", options->kit.amount, "rails: the amount of a payment");
    check->add_option("--final-within", options->final_within_seconds,
                      "rails: seconds that a payment may take to become final (default: 15)");
    repeated(check->add_option("--document", options->kit.documents, "parsers: a document it must read a field of"));
    check->callback([options, &exit_code] {
        try {
            exit_code = run_check(*options);
        } catch (const std::exception& error) {
            print_error(error.what());
            exit_code = usage;
        }
    });
}

}  // namespace treasurer::app
