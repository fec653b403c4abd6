// treasurer plugin new: a plugin project of one's own, which builds and passes the kit before its first edit.
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "app/command_line.hpp"
#include "app/plugin_template.hpp"
#include "config/suggestion.hpp"

namespace treasurer::app {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kinds = {"storage", "cache", "rail", "parser"};
const std::vector<std::string> languages = {"cpp", "c", "rust"};

struct NewOptions {
    std::string kind, name, language = "cpp", sdk;
};

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

/// False after it was said that `word` is none of these.
bool is_one_of(const std::string& word, const std::vector<std::string>& known, const std::string& what) {
    if (std::find(known.begin(), known.end(), word) != known.end()) return true;
    print_error("'" + word + "' is no " + what + suggestion(word, known) + "; there are " + joined(known));
    return false;
}

/// What is offered, for whoever asked for something else: the languages of this kind, then the kinds of this language.
std::string offers(const std::vector<PluginTemplate>& all, const NewOptions& wanted, const fs::path& sdk) {
    std::vector<std::string> of_kind, of_language;
    for (const auto& one : all) {
        if (one.kind == wanted.kind) of_kind.push_back(one.language);
        if (one.language == wanted.language) of_language.push_back(one.kind);
    }
    if (of_kind.empty() || of_language.empty())
        return "its templates in " + (sdk / "share/atr/templates").string() +
               " are missing; install the SDK again with `cmake --install BUILD --component sdk --prefix " +
               sdk.string() + "`, or name a whole one with --sdk";
    return "for " + wanted.kind + " there are " + joined(of_kind) + "; in " + wanted.language + " there are " +
           joined(of_language);
}

/// As a shell takes it.
std::string quoted(const std::string& path) {
    if (path.find_first_of(" \t'\"\\$&;()<>|*?[]#~`!{}") == std::string::npos) return path;
    std::string out = "'";
    for (const char c : path) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

void say_what_is_next(const NewOptions& options, const fs::path& sdk) {
    const bool found_by_itself = sdk == "/usr" || sdk == "/usr/local";
    const std::string& name = options.name;
    std::cout << name << " is a " << options.kind << " plugin that builds and keeps the contract as it is. Next:\n\n"
              << "    cmake -S " << name << " -B " << name << "/build"
              << (found_by_itself ? "" : " -DCMAKE_PREFIX_PATH=" + quoted(sdk.string())) << '\n'
              << "    cmake --build " << name << "/build\n"
              << "    ctest --test-dir " << name << "/build --output-on-failure\n\n"
              << name << "/README.md says what is where, what to change first, and how a host uses it.\n";
}

int make_new(const NewOptions& options) {
    if (!is_one_of(options.kind, kinds, "kind of plugin") || !is_one_of(options.language, languages, "language"))
        return usage;
    if (const auto wrong = refuse_plugin_name(options.name); !wrong.empty()) {
        print_error("'" + options.name + "': " + wrong);
        return usage;
    }
    const auto sdk = find_sdk(options.sdk);
    if (!sdk) {
        print_error((options.sdk.empty() ? "there is no SDK beside this program, in /usr/local or in /usr"
                                         : "there is no SDK in " + options.sdk) +
                    "; install it with `cmake --install BUILD --component sdk --prefix FOLDER` and name it with --sdk");
        return usage;
    }
    const auto templates = list_templates(*sdk);
    const auto found = std::find_if(templates.begin(), templates.end(), [&](const PluginTemplate& one) {
        return one.kind == options.kind && one.language == options.language;
    });
    if (found == templates.end()) {
        print_error("a " + options.kind + " plugin in " + options.language +
                    " is not offered: " + offers(templates, options, *sdk));
        return usage;
    }
    const auto made = make_project(*found, options.name, options.name);
    if (!made) {
        print_error(made.error().message);
        return usage;
    }
    say_what_is_next(options, *sdk);
    return done;
}

}  // namespace

void add_plugin_new(CLI::App& plugin, int& exit_code) {
    auto options = std::make_shared<NewOptions>();
    auto* command = plugin.add_subcommand("new", "a new plugin project, in a folder of its name");
    command->add_option("kind", options->kind, joined(kinds))->required();
    command->add_option("name", options->name, "the plugin's name: a-z, 0-9 and '_'")->required();
    command->add_option("--lang", options->language, joined(languages) + " (default: cpp)");
    command->add_option("--sdk", options->sdk,
                        "where the SDK is installed (default: beside this program, /usr/local, /usr)");
    command->callback([options, &exit_code] {
        try {
            exit_code = make_new(*options);
        } catch (const std::exception& error) {
            print_error(error.what());
            exit_code = usage;
        }
    });
}

}  // namespace treasurer::app
