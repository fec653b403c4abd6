#include "app/plugin_template.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace treasurer::app {

namespace fs = std::filesystem;

namespace {

constexpr const char* templates_below_prefix = "share/atr/templates";
constexpr std::size_t longest_name = 64;

/// Names that CMake, the SDK or the linker use themselves.
constexpr const char* taken_names[] = {"all",     "atr",        "atr_plugin_check", "atr_testkit",   "clean",
                                       "depend",  "dl",         "edit_cache",       "help",          "install",
                                       "package", "preinstall", "pthread",          "rebuild_cache", "test"};

std::optional<std::string> read_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string out{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    return in.is_open() && !in.bad() ? std::optional(std::move(out)) : std::nullopt;
}

/// The template's own name: what its project() is called.
std::string own_name(const fs::path& folder) {
    const std::string project = "\nproject(", text = read_file(folder / "CMakeLists.txt").value_or("");
    const auto found = text.find(project);
    if (found == std::string::npos) return {};
    const auto begin = found + project.size();
    return text.substr(begin, text.find_first_of(" )\n", begin) - begin);
}

std::string renamed(std::string text, const std::string& old_name, const std::string& name) {
    for (std::size_t at = 0; (at = text.find(old_name, at)) != std::string::npos; at += name.size())
        text.replace(at, old_name.size(), name);
    return text;
}

/// Throws std::system_error or fs::filesystem_error.
void copy_renamed(const fs::path& from, const std::string& name, const fs::path& to) {
    const std::string old_name = own_name(from);
    if (old_name.empty())
        throw fs::filesystem_error(
            "the template's CMakeLists.txt is missing or has no project(): install the SDK again", from,
            std::make_error_code(std::errc::bad_message));
    for (const auto& entry : fs::recursive_directory_iterator(from)) {
        const fs::path target = to / renamed(fs::relative(entry.path(), from).string(), old_name, name);
        if (entry.is_directory()) {
            fs::create_directories(target);
            continue;
        }
        const auto text = read_file(entry.path());
        std::ofstream out(target, std::ios::binary);
        if (!text || !(out << renamed(*text, old_name, name)).flush())
            throw std::system_error(errno, std::generic_category(), (text ? target : entry.path()).string());
    }
}

}  // namespace

std::optional<fs::path> find_sdk(const fs::path& named) {
    std::error_code error;
    std::vector<fs::path> places = {named};
    if (named.empty()) {
        const fs::path self = fs::read_symlink("/proc/self/exe", error);
        places = {self.parent_path().parent_path(), "/usr/local", "/usr"};
    }
    for (const auto& place : places)
        if (fs::is_directory(place / templates_below_prefix, error)) return fs::canonical(place);
    return std::nullopt;
}

std::vector<PluginTemplate> list_templates(const fs::path& sdk) {
    std::vector<PluginTemplate> out;
    for (const auto& entry : fs::directory_iterator(sdk / templates_below_prefix)) {
        const std::string name = entry.path().filename().string();
        const auto line = name.find('_');
        if (entry.is_directory() && line != std::string::npos)
            out.push_back({name.substr(0, line), name.substr(line + 1), entry.path()});
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.folder < b.folder; });
    return out;
}

std::string refuse_plugin_name(const std::string& name) {
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto fits = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; };
    if (name.empty() || name.size() > longest_name || !letter(name.front()) ||
        !std::all_of(name.begin(), name.end(), fits))
        return "a name is 1 to 64 of a-z, 0-9 and '_', and begins with a letter";
    if (std::find(std::begin(taken_names), std::end(taken_names), name) != std::end(taken_names))
        return "this name is taken by the build itself; choose another";
    return {};
}

atr::Result<> make_project(const PluginTemplate& from, const std::string& name, const fs::path& to) {
    std::error_code error;
    if (!fs::create_directory(to, error)) {
        const bool exists = !error || error == std::errc::file_exists;
        return atr::rejected(ATR_E_CONFIG, to.string() + (exists ? std::string(" is there already; choose another name")
                                                                 : " cannot be made: " + error.message()));
    }
    try {
        copy_renamed(from.folder, name, to);
    } catch (const std::system_error& failure) {
        fs::remove_all(to, error);
        return atr::rejected(ATR_E_CONFIG, to.string() + " cannot be written: " + failure.what());
    }
    return {};
}

}  // namespace treasurer::app
