// treasurer user | token | vendor | ledger: administration against the configured storage.
#include "app/command_line.hpp"
#include "app/vendor_file.hpp"
#include "reconcile/ledger_verify.hpp"
#include "runtime/block_on.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

namespace treasurer::app {
namespace {

/// Vendors name rails, and assets get their decimals from rails: both are needed to write either.
constexpr WantedPlugins storage_and_rails{.storage = true, .cache = false, .rails = true, .parsers = false};

int fail(const atr::Error& error) {
    print_error(error.message);
    return error.outcome == atr::Outcome::not_found || error.outcome == atr::Outcome::conflict ? finding : usage;
}

std::optional<std::vector<auth::Role>> roles_from(const std::vector<std::string>& names) {
    std::vector<auth::Role> out;
    for (const auto& name : names) {
        const auto role = auth::role_from(name);
        if (!role) {
            print_error("'" + name + "' is no role; choose of viewer, submitter, approver, admin");
            return std::nullopt;
        }
        out.push_back(*role);
    }
    return out;
}

/// One line of standard input: a password never stands in a command line or its history.
std::string read_password() {
    std::string line;
    std::getline(std::cin, line);
    return line;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts) out += (out.empty() ? "" : ",") + text;
    return out;
}

struct UserOptions {
    SettingsOptions settings;
    std::string name;
    std::vector<std::string> roles{"viewer"};
};

}  // namespace

void add_user(CLI::App& program, int& exit_code) {
    auto* user = program.add_subcommand("user", "who may sign in")->require_subcommand(1);
    const auto command = [&](const char* name, const char* help, bool named) {
        auto options = std::make_shared<UserOptions>();
        auto* out = user->add_subcommand(name, help);
        options->settings.add_to(*out);
        if (named) out->add_option("name", options->name, "the user's name")->required();
        return std::pair(out, options);
    };
    {
        auto [add, options] = command("add", "add a user; the password is read from standard input", true);
        add->add_option("--role", options->roles, "viewer, submitter, approver or admin; may be repeated")
            ->allow_extra_args(false);
        add->callback([options = options, &exit_code] {
            const auto roles = roles_from(options->roles);
            if (!roles) {
                exit_code = usage;
                return;
            }
            const std::string password = read_password();
            exit_code = with_core(options->settings, storage_only, Folder::make, [&](CoreServices& core) {
                const auto added =
                    block_on(core.executor, core.users->add(options->name, password, *roles, {.name = "cli"}));
                if (!added) return fail(added.error());
                std::cout << "user " << options->name << " added: " << joined(added->roles) << '\n';
                return int{done};
            });
        });
    }
    {
        auto [passwd, options] =
            command("passwd", "set a user's password, read from standard input; revokes all tokens of the user", true);
        passwd->callback([options = options, &exit_code] {
            const std::string password = read_password();
            exit_code = with_core(options->settings, storage_only, Folder::needed, [&](CoreServices& core) {
                const auto set =
                    block_on(core.executor, core.users->set_password(options->name, password, {.name = "cli"}));
                if (!set) return fail(set.error());
                std::cout << "password of " << options->name << " set\n";
                return int{done};
            });
        });
    }
    {
        auto [disable, options] =
            command("disable", "a user may no longer sign in; revokes all tokens of the user", true);
        disable->callback([options = options, &exit_code] {
            exit_code = with_core(options->settings, storage_only, Folder::needed, [&](CoreServices& core) {
                const auto set = block_on(core.executor, core.users->disable(options->name, {.name = "cli"}));
                if (!set) return fail(set.error());
                std::cout << "user " << options->name << " disabled\n";
                return int{done};
            });
        });
    }
    {
        auto [list, options] = command("list", "all users, with their roles", false);
        list->callback([options = options, &exit_code] {
            exit_code = with_core(options->settings, storage_only, Folder::needed, [&](CoreServices& core) {
                std::string cursor;
                do {
                    auto page = block_on(core.executor, core.users->list(200, cursor));
                    if (!page) return fail(page.error());
                    for (const auto& found : page->items)
                        std::cout << found.id << '\t' << joined(found.roles) << (found.disabled ? "\tdisabled" : "")
                                  << '\n';
                    cursor = page->next_cursor;
                } while (!cursor.empty());
                return int{done};
            });
        });
    }
}

void add_token(CLI::App& program, int& exit_code) {
    auto options = std::make_shared<UserOptions>();
    auto* token = program.add_subcommand("token", "print an access token of a user");
    options->settings.add_to(*token);
    token->add_option("--user", options->name, "the user's name")->required();
    token->callback([options, &exit_code] {
        exit_code = with_core(options->settings, storage_only, Folder::needed, [&](CoreServices& core) {
            const auto found = block_on(core.executor, core.users->find(options->name));
            if (!found) return fail(found.error());
            if (!*found || (*found)->disabled) {
                print_error("no user '" + options->name + "' may sign in; add one with: treasurer user add");
                return int{finding};
            }
            std::cout << core.tokens->issue(**found).text << '\n';
            return int{done};
        });
    });
}

void add_vendor(CLI::App& program, int& exit_code) {
    auto* vendor = program.add_subcommand("vendor", "the vendor master: who is paid, and where")->require_subcommand(1);
    struct Options {
        SettingsOptions settings;
        std::string file, name, tax_id;
        std::vector<std::string> aliases, accounts;
    };
    const auto store_all = [](const SettingsOptions& settings, const std::vector<intake::NewVendor>& wanted) {
        return with_core(settings, storage_and_rails, Folder::make, [&](CoreServices& core) {
            int code = done;
            std::string taken, why;
            for (const auto& one : wanted) {
                const auto added = block_on(core.executor, core.vendors->add(one, "cli", {}));
                if (added) {
                    std::cout << "vendor " << one.name << " added: " << added->id << '\n';
                } else if (added.error().code == ATR_E_DUPLICATE) {
                    taken += (taken.empty() ? "" : ", ") + one.name;
                    why = added.error().message;
                } else {
                    code = fail(
                        atr::Error{.outcome = added.outcome(), .message = one.name + ": " + added.error().message});
                }
            }
            if (taken.empty()) return code;
            return std::max(code, fail(atr::Error{.outcome = atr::Outcome::conflict, .message = taken + ": " + why}));
        });
    };
    {
        auto options = std::make_shared<Options>();
        auto* add = vendor->add_subcommand("add", "add one vendor");
        options->settings.add_to(*add);
        add->add_option("name", options->name, "the vendor's name")->required();
        add->add_option("--tax-id", options->tax_id, "tax number");
        add->add_option("--alias", options->aliases, "another name on its invoices; may be repeated")
            ->allow_extra_args(false);
        add->add_option("--account", options->accounts, "RAIL/ASSET/ADDRESS; may be repeated")->allow_extra_args(false);
        add->callback([options, store_all, &exit_code] {
            intake::NewVendor wanted{options->name, options->tax_id, options->aliases, {}};
            for (const auto& text : options->accounts) {
                const auto first = text.find('/'),
                           second = text.find('/', first == std::string::npos ? first : first + 1);
                if (second == std::string::npos) {
                    print_error("--account '" + text + "' is not RAIL/ASSET/ADDRESS");
                    exit_code = usage;
                    return;
                }
                wanted.accounts.push_back(
                    {text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)});
            }
            exit_code = store_all(options->settings, {wanted});
        });
    }
    {
        auto options = std::make_shared<Options>();
        auto* import =
            vendor->add_subcommand("import",
                                   "add vendors from a YAML file (vendors: [{name, tax_id, aliases, accounts: [{rail, "
                                   "asset, address}]}]) or a JSON file (the same, or the array alone)");
        options->settings.add_to(*import);
        import->add_option("file", options->file, "the file")->required();
        import->callback([options, store_all, &exit_code] {
            const auto wanted = read_vendor_file(options->file);
        if (!wanted) {
            print_error(wanted.error().message);
            exit_code = usage;
            return;
        }
        exit_code = store_all(options->settings, *wanted);
    });
}
}  // namespace treasurer::app

void add_ledger(CLI::App& program, int& exit_code) {
    auto* ledger = program.add_subcommand("ledger", "the books")->require_subcommand(1);
    auto options = std::make_shared<SettingsOptions>();
    auto* verify = ledger->add_subcommand(
        "verify", "recompute every balance from the transfers, compare these with payments; exit 1 on any difference");
    options->add_to(*verify);
    verify->callback([options, &exit_code] {
        exit_code = with_core(*options, storage_only, Folder::needed, [&](CoreServices& core) {
            const auto verified = block_on(core.executor, reconcile::verify_ledger(*core.store));
            if (!verified) return fail(verified.error());
            for (const auto& found : verified->findings) std::cout << "finding: " << found << '\n';
            std::cout << verified->transfers << " transfers, " << verified->payments << " payments, "
                      << verified->findings.size() << " findings\n";
            return int{verified->findings.empty() ? done : finding};
        });
    });
}

}  // namespace treasurer::app
