// The treasurer program: one binary, every backend a plugin.
#include "app/command_line.hpp"

#include <csignal>
#include <iostream>

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
