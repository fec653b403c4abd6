// The treasurer program: one binary, every backend a plugin.
#include "app/command_line.hpp"
#include "config/suggestion.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <string>
#include <vector>

namespace {

/// What is wrong with the words before the first option, at whatever depth: "there is no command ...". Empty: nothing.
std::string unknown_command(CLI::App* at, const std::vector<std::string>& words) {
    std::string said;
    for (const auto& word : words) {
        const auto known = at->get_subcommands({});
        if (known.empty() || word.starts_with('-')) return {};
        std::vector<std::string> names;
        for (const auto* one : known) names.push_back(one->get_name());
        if (std::find(names.begin(), names.end(), word) == names.end()) {
            std::string all;
            for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
            return "there is no command '" + said + word + "'" + treasurer::suggestion(word, names) + "; there are " +
                   all + ": see treasurer " + said + "--help";
        }
        at = at->get_subcommand(word);
        said += word + ' ';
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    using namespace treasurer::app;
    std::signal(SIGPIPE, SIG_IGN);
    CLI::App program{"Autonomous Treasurer: the guardrail between a company's invoices and its money", "treasurer"};
    program.set_version_flag("--version", TREASURER_VERSION);
    program.require_subcommand(1);
    int exit_code = done;
    add_serve(program, exit_code);
    add_config(program, exit_code);
    add_plugin(program, exit_code);
    add_parse(program, exit_code);
    add_user(program, exit_code);
    add_token(program, exit_code);
    add_vendor(program, exit_code);
    add_ledger(program, exit_code);
    add_storage(program, exit_code);
    add_backup(program, exit_code);
    add_quarantine(program, exit_code);
    add_simulate(program, exit_code);
    if (const auto wrong = unknown_command(&program, {argv + 1, argv + argc}); !wrong.empty()) {
        print_error(wrong);
        return usage;
    }
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = program.exit(error);
        return code == 0 ? done : usage;
    } catch (const std::exception& error) {
        print_error(error.what());
        return usage;
    }
    return exit_code;
}
