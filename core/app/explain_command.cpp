// treasurer plugin explain: the rules of the plugin contract, in the words of the checks that try them.
#include <atr/testkit.hpp>

#include <algorithm>
#include <cctype>
#include <iostream>

#include "app/command_line.hpp"
#include "config/suggestion.hpp"

namespace treasurer::app {
namespace {

namespace kit = atr::testkit;

constexpr std::size_t most_suggestions = 5;

/// "storage-65" as a code is written: ATR-STORAGE-65.
std::string as_code(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text.starts_with("ATR-") ? text : "ATR-" + text;
}

/// Every code that begins with `beginning`, with its rule. False: there is none.
bool list(const std::string& beginning) {
    bool any = false;
    for (const auto& one : kit::explanations()) {
        if (!one.code.starts_with(beginning)) continue;
        std::cout << one.code << "  " << one.rule << '\n';
        any = true;
    }
    if (any) std::cerr << "`treasurer plugin explain CODE` tells why one is there, and what breaks it\n";
    return any;
}

int explain(const std::string& text) {
    const std::string code = as_code(text);
    std::vector<std::string> known;
    for (const auto& one : kit::explanations()) {
        known.emplace_back(one.code);
        if (one.code != code) continue;
        std::cout << kit::to_text(one);
        return done;
    }
    if (list(code)) return done;
    std::string near;
    for (const auto& one : nearest_names(code, known, most_suggestions)) near += (near.empty() ? "" : ", ") + one;
    print_error("there is no code '" + text + "'; " +
                (near.empty() ? std::string("`treasurer plugin explain` lists them all") : "near it are " + near));
    return usage;
}

}  // namespace

void add_plugin_explain(CLI::App& plugin, int& exit_code) {
    auto code = std::make_shared<std::string>();
    auto* command = plugin.add_subcommand("explain", "a rule of the plugin contract: why it is there, what breaks it");
    command->add_option("code", *code, "a code such as ATR-CACHE-006, or its beginning (default: all)");
    command->callback([code, &exit_code] { exit_code = code->empty() ? (list(""), done) : explain(*code); });
}

}  // namespace treasurer::app
