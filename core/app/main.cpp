// The treasurer program: one binary, every backend a plugin.
#include "app/command_line.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>

namespace {

bool knows(CLI::App& program, const std::string& command) {
    const auto all = program.get_subcommands({});
    return std::any_of(all.begin(), all.end(), [&](const CLI::App* one) { return one->get_name() == command; });
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
    if (argc > 1 && argv[1][0] != '-' && !knows(program, argv[1])) {
        print_error("there is no command '" + std::string(argv[1]) + "'; see treasurer --help");
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
