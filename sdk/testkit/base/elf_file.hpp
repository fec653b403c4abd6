/// What a shared object exports, read from the file itself, without running any of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace atr::testkit {

struct Exported {
    std::string name;
    bool is_data = false;
    std::uint64_t size = 0;
};

/// Throws Failure unless the file is a regular one of bounded size that begins as ELF does. Opens nothing that waits.
void need_shared_object(const std::filesystem::path& file);

/// Throws Failure when the file is not a 64-bit shared object of this machine.
std::vector<Exported> exported_symbols(const std::filesystem::path& file);

}  // namespace atr::testkit
