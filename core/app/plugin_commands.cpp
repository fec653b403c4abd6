// treasurer plugin list | inspect: what plugin files hold; new, check and explain are in files of their own.
#include "app/command_line.hpp"
#include "app/output_aside.hpp"
#include "config/schema_check.hpp"
#include "plugin/plugin_library.hpp"

#include <nlohmann/json.hpp>

#include <iomanip>
#include <iostream>

namespace treasurer::app {
namespace {

std::string type_of(const nlohmann::json& about) {
    if (about.contains("enum")) {
        std::string out;
        for (const auto& one : about["enum"])
            out += (out.empty() ? "" : "|") + (one.is_string() ? one.get<std::string>() : one.dump());
        return out;
    }
    std::string out = about.contains("type") && about["type"].is_string() ? about["type"].get<std::string>() : "any";
    if (about.contains("x-unit") && about["x-unit"].is_string() && !about["x-unit"].get<std::string>().empty())
        out += ", " + about["x-unit"].get<std::string>();
    return out;
}

void print_settings(const std::string& text) {
    const auto schema = read_schema(text);
    if (!schema && !text.empty()) {
        std::cout << "  settings: its schema is no JSON object, or nested more than 64 deep\n";
        return;
    }
    const auto properties = schema ? schema->value("properties", nlohmann::json()) : nlohmann::json();
    if (!properties.is_object() || properties.empty()) {
        std::cout << "  settings: none\n";
        return;
    }
    std::cout << "  settings:\n";
    for (const auto& [name, about] : properties.items()) {
        std::cout << "    " << name << " (" << type_of(about) << "), "
                  << (about.contains("default") ? "default " + about["default"].dump() : std::string("required"))
                  << '\n';
        if (about.contains("description") && about["description"].is_string())
            std::cout << "        " << about["description"].get<std::string>() << '\n';
    }
}

/// What a plugin prints while it is loaded is not part of what is told of it.
constexpr const char* printed_mark = "printed while loading: ";

int inspect(const std::string& use, const std::string& dir, Millis limit) {
    const auto file = plugin_file(use, dir);
    OutputAside printing;
    const auto library = PluginLibrary::load(file, {}, limit);
    std::cerr << printing.end(printed_mark);
    if (!library) {
        print_error(library.error().message);
        std::error_code error;
        return std::filesystem::is_regular_file(file, error) ? finding : usage;
    }
    const auto hash = sha256_of_file(file);
    std::cout << "file: " << (*library)->file().string() << '\n';
    std::cout << "sha256: " << hash.value_or(std::string("cannot be read")) << '\n';
    std::cout << "built with: " << (*library)->sdk() << '\n';
    for (const auto& component : (*library)->components()) {
        std::cout << component.kind << " " << component.id << " " << component.version << ": " << component.title
                  << '\n';
        if (!component.vendor.empty()) std::cout << "  vendor: " << component.vendor << '\n';
        if (!component.license.empty()) std::cout << "  licence: " << component.license << '\n';
        if (component.serial()) std::cout << "  one call at a time\n";
        print_settings(component.config_schema_json);
    }
    return done;
}

int list(const std::string& dir, Millis limit) {
    OutputAside printing;
    const auto found = list_plugins(dir, limit);
    std::cerr << printing.end(printed_mark);
    if (!found) {
        print_error(found.error().message);
        return usage;
    }
    int code = done;
    for (const auto& one : *found) {
        if (!one.error.empty()) {
            std::cout << one.file.filename().string() << "\tdoes not load: " << one.error << '\n';
            code = finding;
            continue;
        }
        for (const auto& component : one.library->components())
            std::cout << one.file.stem().string() << '\t' << component.kind << '\t' << component.id << '\t'
                      << component.version << '\t' << component.title << '\t' << one.library->sdk() << '\n';
    }
    return code;
}

}  // namespace

void add_plugin(CLI::App& program, int& exit_code) {
    auto* plugin = program.add_subcommand("plugin", "plugins")->require_subcommand(1);
    auto dir = std::make_shared<std::string>(default_plugins_dir());
    auto use = std::make_shared<std::string>();
    auto limit = std::make_shared<unsigned>(10);
    const auto takes_dir = [&](CLI::App* command) {
        command->add_option("--dir", *dir, "the plugin folder (default: beside this program)");
        command->add_option("--limit", *limit, "seconds that loading one file may take (default: 10)")
            ->check(CLI::Range(1, 3600));
    };
    add_plugin_new(*plugin, exit_code);
    add_plugin_check(*plugin, exit_code);
    add_plugin_explain(*plugin, exit_code);
    auto* listing = plugin->add_subcommand("list", "what is in the plugin folder, and whether it loads");
    takes_dir(listing);
    listing->callback([dir, limit, &exit_code] { exit_code = list(*dir, std::chrono::seconds(*limit)); });
    auto* inspecting = plugin->add_subcommand("inspect", "one plugin: its hash, what it holds, and its settings");
    takes_dir(inspecting);
    inspecting->add_option("plugin", *use, "a name in the plugin folder, or the path of a .so")->required();
    inspecting->callback(
        [dir, use, limit, &exit_code] { exit_code = inspect(*use, *dir, std::chrono::seconds(*limit)); });
}

}  // namespace treasurer::app
