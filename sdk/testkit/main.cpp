// atr_plugin_check: the kit as a program of its own, for the CMake projects of plugin authors. `treasurer plugin check`
// is the same with YAML.
#include <algorithm>
#include <atr/testkit.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

namespace {

using namespace atr::testkit;

constexpr const char* usage =
    "atr_plugin_check X.so [--config KEY=VALUE|FILE.json]... [--only CODE|STAGE]... [--component ID] [--seed N]\n"
    "                 [--quick|--full] [--limit SECONDS] [--jobs N] [--format text|junit|json] [--report FILE]\n"
    "                 [--creditor JSON] [--amount DECIMAL] [--final-within SECONDS] [--document FILE]...\n"
    "In settings, {data} is a fresh folder and {unique} a fresh name for each check.\n"
    "Exit code 0: all passed. 1: a check failed or could not run. 2: wrong arguments.\n";

struct Arguments {
    Options options;
    std::vector<std::string> settings;
    std::string format = "text", report;
};

std::string read_file(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::invalid_argument(file + " cannot be read");
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

unsigned long number(const std::string& word, const std::string& text) {
    char* end = nullptr;
    const unsigned long out = std::strtoul(text.c_str(), &end, 10);
    if (text.empty() || *end != '\0') throw std::invalid_argument(word + ": '" + text + "' is not a number");
    return out;
}

Arguments read(const std::vector<std::string>& words) {
    Arguments out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        const auto value = [&]() -> const std::string& {
            if (++i == words.size()) throw std::invalid_argument(word + " needs a value");
            return words[i];
        };
        if (word == "--quick")
            out.options.depth = Depth::quick;
        else if (word == "--full")
            out.options.depth = Depth::full;
        else if (word == "--config") {
            const auto& given = value();
            if (given.find('=') == std::string::npos)
                out.options.config_json = read_file(given);
            else
                out.settings.push_back(given);
        } else if (word == "--only")
            out.options.only.push_back(value());
        else if (word == "--component")
            out.options.component = value();
        else if (word == "--seed")
            out.options.seed = number(word, value());
        else if (word == "--limit")
            out.options.limit = std::chrono::seconds(number(word, value()));
        else if (word == "--jobs")
            out.options.jobs = static_cast<unsigned>(number(word, value()));
        else if (word == "--format")
            out.format = value();
        else if (word == "--report")
            out.report = value();
        else if (word == "--creditor")
            out.options.creditor_json = value();
        else if (word == "--amount")
            out.options.amount = value();
        else if (word == "--final-within")
            out.options.final_within = std::chrono::seconds(number(word, value()));
        else if (word == "--document")
            out.options.documents.emplace_back(value());
        else if (!word.starts_with("--") && out.options.plugin.empty())
            out.options.plugin = word;
        else
            throw std::invalid_argument("'" + word + "' is not understood");
    }
    if (out.options.plugin.empty()) throw std::invalid_argument("which plugin?");
    if (out.format != "text" && out.format != "junit" && out.format != "json")
        throw std::invalid_argument("--format is text, junit or json");
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        auto arguments = read({argv + 1, argv + argc});
        auto& options = arguments.options;
        const auto facts = arguments.settings.empty() ? std::vector<ComponentFacts>{} : describe_plugin(options.plugin);
        options.config_json = with_settings(options.config_json, arguments.settings,
                                            facts.empty() ? std::string() : facts.front().config_schema_json);
        const Report report = check_plugin(options);
        const std::string text = arguments.format == "junit"  ? to_junit(report)
                                 : arguments.format == "json" ? to_json(report)
                                                              : to_text(report);
        if (arguments.report.empty()) {
            std::cout << text;
        } else {
            std::ofstream out(arguments.report, std::ios::binary);
            out << text;
            if (!out.flush()) throw std::invalid_argument(arguments.report + " cannot be written");
        }
        return report.passed() ? all_passed : some_failed;
    } catch (const std::exception& error) {
        std::cerr << "error: " << error.what() << '\n' << usage;
        return usage_error;
    }
}
