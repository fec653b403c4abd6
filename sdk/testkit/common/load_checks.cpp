// Stage load: the entry and its components, as the host reads them before it makes anything.
#include <atr/abi_sizes.hpp>
#include <cstddef>
#include <set>

#include "base/instance.hpp"
#include "run/registry.hpp"

namespace atr::testkit {

namespace {

constexpr std::uint32_t most_components = 64, largest_table = 64u << 10;
constexpr std::size_t least_entry = atr::SizeIn10<atr_plugin>::value;
constexpr std::size_t longest_name = 256, longest_schema = 1u << 20;

void loads(Context& t) {
    load_entry(t.options.plugin);
}

void entry_size(Context& t) {
    const auto* plugin = load_entry(t.options.plugin);
    expect(plugin->struct_size >= least_entry && plugin->struct_size <= largest_table,
           "atr_plugin.struct_size is sizeof(atr_plugin), at least " + std::to_string(least_entry),
           std::to_string(plugin->struct_size));
}

void versions(Context& t) {
    const auto* plugin = load_entry(t.options.plugin);
    expect_equal(plugin->abi_major, ATR_ABI_MAJOR, "abi_major");
    expect_equal(plugin->abi_rc, ATR_ABI_RC, "abi_rc, the release candidate of atr.h it was built with");
    expect(plugin->min_host_minor <= ATR_ABI_MINOR, "min_host_minor of at most " + std::to_string(ATR_ABI_MINOR),
           std::to_string(plugin->min_host_minor));
}

/// The components, or nothing where another check already says what is wrong.
std::vector<const atr_component*> components(Context& t) {
    const auto* plugin = load_entry(t.options.plugin);
    std::vector<const atr_component*> out;
    if (plugin->struct_size < least_entry || plugin->components == nullptr) return out;
    for (std::uint32_t i = 0; i < std::min(plugin->n_components, most_components); ++i)
        if (const auto* component = plugin->components[i]) out.push_back(component);
    return out;
}

void component_list(Context& t) {
    const auto* plugin = load_entry(t.options.plugin);
    expect(plugin->n_components >= 1 && plugin->n_components <= most_components, "1 to 64 components",
           std::to_string(plugin->n_components));
    expect(components(t).size() == plugin->n_components, "a pointer to each component", "a NULL pointer");
}

void component_tables(Context& t) {
    for (const auto* component : components(t)) {
        expect(component->struct_size >= offsetof(atr_component, health) && component->struct_size <= largest_table,
               "atr_component.struct_size is sizeof(atr_component), at least " +
                   std::to_string(offsetof(atr_component, health)),
               std::to_string(component->struct_size));
        expect(component->create != nullptr, "create is set", "NULL");
        expect(component->destroy != nullptr, "destroy is set", "NULL");
        expect(component->get_interface != nullptr, "get_interface is set", "NULL");
    }
}

void texts(Context& t) {
    for (const auto* component : components(t)) {
        const auto judge = [](atr_str text, const char* name, std::size_t longest, bool required) {
            expect(text.len == 0 || text.ptr != nullptr, std::string(name) + " has a pointer", "NULL");
            expect(text.len <= longest, std::string(name) + " of at most " + std::to_string(longest) + " bytes",
                   std::to_string(text.len));
            expect(is_utf8(atr::view(text)), std::string(name) + " in UTF-8", "other bytes");
            expect(!required || text.len > 0, std::string(name) + " is named", "it is empty");
        };
        judge(component->id, "id", longest_name, true);
        judge(component->kind, "kind", longest_name, true);
        judge(component->version, "version", longest_name, true);
        judge(component->title, "title", longest_name, false);
        judge(component->vendor, "vendor", longest_name, false);
        judge(component->license, "license", longest_name, false);
        judge(component->config_schema_json, "config_schema_json", longest_schema, false);
    }
}

void ids_differ(Context& t) {
    std::set<std::string> ids;
    for (const auto* component : components(t))
        expect(ids.insert(atr::copy(component->id)).second, "an id of its own for each component",
               atr::copy(component->id) + " twice");
}

}  // namespace

Checks load_checks() {
    Checks out = in_stage(
        Stage::load,
        {
            {"ATR-LOAD-001", "The file loads with all its symbols resolved.",
             "The host resolves every symbol at once, so that nothing can be missing in the middle of a payment.",
             "A library that was compiled against and not linked, or one that this machine does not have.",
             "Link every library it needs, with -Wl,-z,defs; install what the loader names.", loads},
            {"ATR-LOAD-002", "atr_plugin.struct_size is the size of the struct it was built with.",
             "The size tells the host which members are there, so that old and new can work together.",
             "A size of 0, or one counted by hand.", "Set struct_size to sizeof(atr_plugin).", entry_size},
            {"ATR-LOAD-003", "Major version and release candidate are the host's; min_host_minor is not above it.",
             "Until 1.0 is declared a release candidate may change its layout, and a mixture would misread memory.",
             "An SDK of another version left in the include path, or an old build folder.",
             "Build it with the SDK of the host it is for.", versions},
            {"ATR-LOAD-004", "The entry lists 1 to 64 components.",
             "A file without a component is of no use, and a wrong count reads past the list.",
             "n_components that was not changed with the list.", "Count what `components` points to.", component_list},
            {"ATR-LOAD-005", "A component's struct_size is its size, and create, destroy and get_interface are set.",
             "The host calls these three without asking again.",
             "A table that is filled by position after the header has grown, or a slot left NULL.",
             "Set struct_size to sizeof(atr_component) and fill the required slots.", component_tables},
            {"ATR-LOAD-006", "A component names its id, kind and version in UTF-8.",
             "The names stand in logs, metrics and reports, and the kind decides what the host asks for.",
             "len that counts the closing zero, or a pointer to a text that is gone when the host reads it.",
             "Set ptr and len of every atr_str.", texts},
            {"ATR-LOAD-007", "Ids are unique within a file.", "A component is chosen by its id.",
             "A component copied and renamed in its title alone.", "Give each component an id of its own.", ids_differ},
        });
    for (auto& check : out) check.gate = true;
    return out;
}

}  // namespace atr::testkit
