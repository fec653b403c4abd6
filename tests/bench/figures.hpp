/// What a program of the benchmark measured, written beside what it prints: a JSON list of {"name","unit","values"}.
/// Threads: one.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace bench {

class Figures {
public:
    /// `build`: the folder above build/PRESET, so that scripts and programs write into one place:
    /// build/bench/NAME.json.
    Figures(const std::filesystem::path& program, const std::string& name)
        : file_(std::filesystem::absolute(program).parent_path().parent_path().parent_path() / "bench" /
                (name + ".json")) {}
    ~Figures() {
        std::filesystem::create_directories(file_.parent_path());
        std::ofstream(file_) << all_.dump(1) << '\n';
    }
    Figures(const Figures&) = delete;
    Figures& operator=(const Figures&) = delete;

    void add(const std::string& name, const std::string& unit, const std::vector<double>& values) {
        all_.push_back({{"name", name}, {"unit", unit}, {"values", values}});
    }

private:
    std::filesystem::path file_;
    nlohmann::json all_ = nlohmann::json::array();
};

}  // namespace bench
