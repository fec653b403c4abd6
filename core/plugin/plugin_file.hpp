/// What is looked at before a plugin's file is opened, because opening it already runs its code: that it is there, that
/// only its owner may change it, and that it is the one the settings name by hash.
#pragma once

#include <atr/result.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace treasurer {

/// The file that `use` in the settings means: a path when it has a slash or ends in ".so", otherwise DIR/use.so.
std::filesystem::path plugin_file(const std::string& use, const std::filesystem::path& dir);

/// That it is a regular file which begins as a shared object does; opens nothing that waits. Errors: as below.
atr::Result<> check_shared_object(const std::filesystem::path& file);

/// Checks the file. Errors (rejected, ATR_E_CONFIG), one line that says what to do: it is missing or no shared object;
/// it, a folder it is found in or a folder above can be changed by others than root and this process's user; `sha256`
/// (64 hex digits, empty: any) is not its hash.
atr::Result<> check_plugin_file(const std::filesystem::path& file, const std::string& sha256);

/// The file's SHA-256 as 64 lower-case hex digits. Errors: rejected, it cannot be read.
atr::Result<std::string> sha256_of_file(const std::filesystem::path& file);

/// Every .so of a folder, by name; `error` says why it cannot be read.
std::vector<std::filesystem::path> shared_objects(const std::filesystem::path& dir, std::error_code& error);

/// rejected, ATR_E_CONFIG, with the plugin's file in front.
atr::Error refused_plugin(const std::filesystem::path& file, const std::string& why);

}  // namespace treasurer
