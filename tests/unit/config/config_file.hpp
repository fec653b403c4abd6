/// Settings files written by a test, and what loading them says.
#pragma once

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "config/loader.hpp"
#include "tests/support/temporary_folder.hpp"

namespace config_test {

/// The plugins section that every file needs.
inline const std::string plugins =
    "plugins:\n"
    "  storage: {use: store}\n"
    "  cache: {use: mem}\n"
    "  rails: {bank: {use: sim}}\n"
    "  parsers: {rules: {use: words}}\n";

class ConfigFile {
public:
    explicit ConfigFile(const std::string& text) {
        options.file = (folder_.path() / "t.yaml").string();
        options.env = [this](const std::string& name) -> std::optional<std::string> {
            const auto found = environment.find(name);
            return found == environment.end() ? std::nullopt : std::optional(found->second);
        };
        std::ofstream(options.file, std::ios::binary) << text;
    }

    treasurer::Settings settings() {
        auto loaded = load_settings(options);
        if (auto* problems = std::get_if<treasurer::Problems>(&loaded))
            throw std::runtime_error(problems->front().to_string());
        return std::get<treasurer::Settings>(std::move(loaded));
    }

    /// Each problem as "line:column: what", or "--set path: what".
    std::vector<std::string> problems() {
        auto loaded = load_settings(options);
        std::vector<std::string> out;
        if (auto* found = std::get_if<treasurer::Problems>(&loaded))
            for (auto& problem : *found) {
                const std::string line = problem.to_string();
                const bool in_file = line.starts_with(options.file + ':');
                out.push_back(in_file ? line.substr(options.file.size() + 1) : line);
            }
        return out;
    }

    std::map<std::string, std::string> environment;
    treasurer::LoadOptions options;

private:
    support::TemporaryFolder folder_;
};

using Lines = std::vector<std::string>;

}  // namespace config_test
