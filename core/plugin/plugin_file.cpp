#include "plugin/plugin_file.hpp"

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace treasurer {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t largest_file = std::uintmax_t{1} << 30;

/// What an operator needs who named a file that is not there.
std::string missing(const fs::path& file) {
    std::error_code error;
    const auto found = shared_objects(file.parent_path(), error);
    const std::string where = "no such file; the folder " + file.parent_path().string();
    if (error) return where + " cannot be read (" + error.message() + "): set plugins.dir";
    if (found.empty()) return where + " holds no plugins: set plugins.dir";
    std::string names;
    for (const auto& path : found) names += (names.empty() ? "" : ", ") + path.stem().string();
    return where + " holds: " + names;
}

/// Why others could put their own code in the place of `path`; empty: they cannot. `what` names it.
std::string open_to_others(const fs::path& path, const std::string& what, bool may_be_sticky = false) {
    struct stat link {
    }, status{};
    if (::lstat(path.c_str(), &link) != 0 || ::stat(path.c_str(), &status) != 0) return {};  // told elsewhere
    for (const auto& one : {link, status})
        if (one.st_uid != 0 && one.st_uid != ::geteuid())
            return what + " belongs to user " + std::to_string(one.st_uid) +
                   ", neither root nor the user this runs as: chown it";
    const bool nobody_renames_ours = may_be_sticky && (status.st_mode & S_ISVTX) != 0;
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !nobody_renames_ours)
        return what + " can be written by others: chmod go-w it";
    return {};
}

/// The same of a folder and all above it. In a sticky folder such as /tmp, others make files of their own, and cannot
/// rename ours: that will do for those above, while in the folder itself they could add a file that is looked for.
std::string way_open_to_others(const fs::path& folder) {
    std::string why = open_to_others(folder, "its folder " + folder.string());
    for (fs::path at = folder; why.empty() && at.has_relative_path();) {
        at = at.parent_path();
        why = open_to_others(at, "the folder " + at.string() + " above it", true);
    }
    return why;
}

}  // namespace

atr::Error refused_plugin(const fs::path& file, const std::string& why) {
    return atr::rejected(ATR_E_CONFIG, "plugin " + file.string() + ": " + why);
}

fs::path plugin_file(const std::string& use, const fs::path& dir) {
    if (use.find('/') != std::string::npos || use.ends_with(".so")) return use;
    return dir / (use + ".so");
}

std::vector<fs::path> shared_objects(const fs::path& dir, std::error_code& error) {
    std::vector<fs::path> out;
    for (fs::directory_iterator at(dir, error), end; !error && at != end; at.increment(error))
        if (at->path().extension() == ".so") out.push_back(at->path());
    std::sort(out.begin(), out.end());
    return out;
}

atr::Result<std::string> sha256_of_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return refused_plugin(file, "cannot be read: check its permissions");
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    std::array<char, 65536> block;
    while (in.read(block.data(), block.size()) || in.gcount() > 0)
        crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(block.data()),
                                  static_cast<unsigned long long>(in.gcount()));
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash;
    crypto_hash_sha256_final(&state, hash.data());
    std::array<char, 2 * crypto_hash_sha256_BYTES + 1> hex;
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    return std::string(hex.data());
}

atr::Result<> check_shared_object(const fs::path& file) {
    std::error_code error;
    const auto status = fs::status(file, error);
    if (!fs::exists(status)) return refused_plugin(file, missing(file));
    if (!fs::is_regular_file(status))
        return refused_plugin(file, fs::is_directory(status) ? "a folder: name the .so file in it"
                                                             : "not a regular file, but a pipe, a socket or a device");
    std::ifstream in(file, std::ios::binary);
    if (!in) return refused_plugin(file, "cannot be read: check its permissions");
    char magic[4] = {};
    constexpr std::string_view elf =
        "\x7f"
        "ELF";
    if (!in.read(magic, sizeof magic) || std::string_view(magic, sizeof magic) != elf)
        return refused_plugin(file, "not a shared object (no ELF header)");
    if (const auto size = fs::file_size(file, error); error || size > largest_file)
        return refused_plugin(file, "its size is " + std::to_string(size) + " bytes, at most 1 GiB expected");
    return {};
}

atr::Result<> check_plugin_file(const fs::path& file, const std::string& sha256) {
    if (const auto usable = check_shared_object(file); !usable) return usable;
    std::error_code error;
    const fs::path real = fs::canonical(file, error), named = fs::absolute(file, error).lexically_normal();
    std::string why = open_to_others(real, "the file");
    if (why.empty() && named != real) why = open_to_others(named, "the link " + named.string());
    for (const auto& folder : {real.parent_path(), named.parent_path()})
        if (why.empty()) why = way_open_to_others(folder);
    if (!why.empty()) return refused_plugin(file, why);
    if (sha256.empty()) return {};
    const auto hash = sha256_of_file(file);
    if (!hash) return hash.error();
    if (*hash != sha256) return refused_plugin(file, "its sha256 is " + *hash + ", the settings name " + sha256);
    return {};
}

}  // namespace treasurer
