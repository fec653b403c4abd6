/// The projects that `treasurer plugin new` begins from: folders KIND_LANGUAGE of the installed SDK, each a whole
/// plugin that passes the conformance kit as it is.
#pragma once

#include <atr/result.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace treasurer::app {

struct PluginTemplate {
    std::string kind, language;
    std::filesystem::path folder;
};

/// Where an SDK is installed (the --prefix of its installation): `named`, or else what is beside this program, in
/// /usr/local or in /usr. nullopt: there is no SDK with templates.
std::optional<std::filesystem::path> find_sdk(const std::filesystem::path& named);

/// The templates of an SDK, by kind and language.
std::vector<PluginTemplate> list_templates(const std::filesystem::path& sdk);

/// Why a plugin cannot be called so; empty: it can. A name is also a CMake target, a file and a part of an id.
std::string refuse_plugin_name(const std::string& name);

/// Copies the template into the new folder `to`, with `name` for the template's own name.
/// Errors: rejected  `to` exists, or cannot be written; nothing of it is left, and nothing that was there is touched
atr::Result<> make_project(const PluginTemplate& from, const std::string& name, const std::filesystem::path& to);

}  // namespace treasurer::app
