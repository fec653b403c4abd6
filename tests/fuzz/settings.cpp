/// The settings file, from its bytes to settings or problems that have places.
#include <sys/mman.h>
#include <unistd.h>

#include "config/loader.hpp"
#include "input.hpp"

namespace {

constexpr const char* schema = R"({"type":"object","additionalProperties":false,"properties":{
    "path":{"type":"string","pattern":"^[^;]*$"},"busy_ms":{"type":"integer","minimum":1,"maximum":60000},
    "mode":{"enum":["a","b"]},"names":{"type":"array","items":{"type":"string"},"maxItems":3}}})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace treasurer;
    static const int file = ::memfd_create("settings.yaml", MFD_CLOEXEC);
    fuzz::require(::ftruncate(file, 0) == 0 && ::pwrite(file, data, size, 0) == static_cast<ssize_t>(size), "a file");
    LoadOptions options;
    options.file = "/proc/self/fd/" + std::to_string(file);
    options.env = [](const std::string& name) {
        return name == "NONE" ? std::nullopt : std::optional<std::string>("value");
    };
    options.plugin_schema = [](std::string_view, const PluginSlot&, const std::string&) {
        return atr::Result<std::string>(std::string(schema));
    };
    const auto loaded = load_settings(options);
    if (const auto* problems = std::get_if<Problems>(&loaded)) {
        fuzz::require(!problems->empty(), "settings that are refused have a problem");
        for (const auto& problem : *problems) fuzz::require(!problem.what.empty(), "a problem says what is wrong");
    }
    return 0;
}
