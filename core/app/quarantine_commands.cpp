// treasurer quarantine show | release: whether the store may send, and a person's word that it may.
#include "app/command_line.hpp"
#include "runtime/block_on.hpp"
#include "runtime/utc_time.hpp"

#include <iostream>
#include <memory>

namespace treasurer::app {
namespace {

int show(const Quarantine& quarantine) {
    if (quarantine.active) {
        std::cout << "in quarantine since " << rfc3339(quarantine.since_ms) << ": " << quarantine.reason << '\n';
        return finding;
    }
    std::cout << "not in quarantine\n";
    if (quarantine.released_ms > 0)
        std::cout << "released " << rfc3339(quarantine.released_ms) << " by " << quarantine.released_by << ": "
                  << quarantine.release_reason << '\n';
    return done;
}

}  // namespace

void add_quarantine(CLI::App& program, int& exit_code) {
    auto* quarantine =
        program.add_subcommand("quarantine", "a copied or restored store sends nothing until it agrees with the rails")
            ->require_subcommand(1);
    struct Options {
        SettingsOptions settings;
        std::string reason;
    };
    {
        auto options = std::make_shared<Options>();
        auto* command = quarantine->add_subcommand("show", "whether it is active; exit 1 if it is");
        options->settings.add_to(*command);
        command->callback([options, &exit_code] {
            exit_code = with_core(options->settings, storage_only, Folder::needed, [&](CoreServices& core) {
                const auto found = block_on(core.executor, core.quarantine->current());
                if (found) return show(*found);
                print_error(found.error().message);
                return int{usage};
            });
        });
    }
    {
        auto options = std::make_shared<Options>();
        auto* command = quarantine->add_subcommand(
            "release", "lift it by hand, after you have compared the books with the rail's own statement");
        options->settings.add_to(*command);
        command->add_option("--reason", options->reason, "what was compared, for the audit trail")->required();
        command->callback([options, &exit_code] {
            exit_code = with_core(options->settings, storage_only, Folder::needed, [&](CoreServices& core) {
                const auto released = block_on(core.executor, core.quarantine->release("cli", options->reason, {}));
                if (released) return show(*released);
                print_error(released.error().message);
                return released.outcome() == atr::Outcome::conflict ? int{finding} : int{usage};
            });
        });
    }
}

}  // namespace treasurer::app
