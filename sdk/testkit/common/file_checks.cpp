// Stage file: what can be seen without running any of it.
#include <atr/abi_sizes.hpp>

#include <algorithm>

#include "base/elf_file.hpp"
#include "run/registry.hpp"

namespace atr::testkit {

namespace {

constexpr std::string_view entry_name = "atr_plugin_entry_v1";

void is_shared_object(Context& t) {
    exported_symbols(t.options.plugin);
}

void exports_entry(Context& t) {
    const auto symbols = exported_symbols(t.options.plugin);
    const auto entry = std::ranges::find(symbols, entry_name, &Exported::name);
    expect(entry != symbols.end(), "the data symbol atr_plugin_entry_v1", "no such symbol is exported");
    expect(entry->is_data, "atr_plugin_entry_v1 is data", "it is a function");
}

void exports_nothing_else(Context& t) {
    std::string others;
    for (const auto& symbol : exported_symbols(t.options.plugin))
        if (symbol.name != entry_name && others.size() < 400) others += (others.empty() ? "" : ", ") + symbol.name;
    expect(others.empty(), "no other exported symbol", others);
}

void entry_is_whole(Context& t) {
    const auto symbols = exported_symbols(t.options.plugin);
    const auto entry = std::ranges::find(symbols, entry_name, &Exported::name);
    if (entry == symbols.end()) return;  // another check says so
    constexpr std::size_t least = atr::SizeIn10<atr_plugin>::value;
    expect(entry->size >= least, "at least " + std::to_string(least) + " bytes", std::to_string(entry->size));
}

}  // namespace

Checks file_checks() {
    Checks out = in_stage(
        Stage::file,
        {
            {"ATR-FILE-001", "A plugin is a shared object of the host's machine.",
             "The host opens the file with dlopen, which takes nothing else.",
             "A static library, a program, a script of the linker, or a file built for another machine.",
             "Build it as a MODULE library.", is_shared_object},
            {"ATR-FILE-002", "It exports the data symbol atr_plugin_entry_v1.",
             "It is the one name that the host looks for.",
             "C++ without extern \"C\", a version script that hides it, or an entry that the linker dropped as unused.",
             "Define it with ATR_PLUGIN(...), or in C: extern ATR_EXPORT const atr_plugin atr_plugin_entry_v1.",
             exports_entry},
            {"ATR-FILE-003", "It exports no other symbol.",
             "A second plugin in the same process with the same symbol would call into the first one's code.",
             "Templates of libstdc++, and static libraries, whose symbols leak although visibility is hidden.",
             "Link with the version script of the SDK: atr_add_plugin() does. Hidden visibility alone is not enough.",
             exports_nothing_else},
            {"ATR-FILE-004", "The exported entry is as large as an atr_plugin.",
             "The host reads the struct in place, and would read past a shorter one.",
             "A pointer exported under the struct's name, or a struct typed by hand in another language.",
             "Export the struct, not a pointer to it.", entry_is_whole},
        });
    for (auto& check : out) check.gate = true;
    return out;
}

}  // namespace atr::testkit
