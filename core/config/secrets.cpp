#include "config/secrets.hpp"

#include <filesystem>
#include <fstream>

namespace treasurer {

namespace {

constexpr std::string_view env_prefix = "secret://env/", file_prefix = "secret://file/";
constexpr std::size_t max_secret = 64 << 10;

atr::Result<std::string> read_file(const std::string& path) {
    const auto refuse = [&](const char* why) {
        return atr::rejected(ATR_E_CONFIG, "the secret file " + path + ' ' + why);
    };
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) return atr::not_found("there is no secret file " + path);
    if (!std::filesystem::is_regular_file(status)) return refuse("is not a file");
    std::ifstream in(path, std::ios::binary);
    if (!in) return refuse("cannot be read: check its permissions");
    std::string out(max_secret + 1, '\0');
    in.read(out.data(), static_cast<std::streamsize>(out.size()));
    if (in.bad()) return refuse("cannot be read to its end");
    out.resize(static_cast<std::size_t>(in.gcount()));
    if (out.size() > max_secret) return refuse("is larger than 64 KiB");
    if (out.ends_with('\n')) out.pop_back();
    if (out.ends_with('\r')) out.pop_back();
    if (out.empty()) return refuse("is empty");
    return out;
}

}  // namespace

atr::Result<std::string> SecretResolver::resolve(std::string_view reference) const {
    if (reference.starts_with(env_prefix)) {
        const std::string name(reference.substr(env_prefix.size()));
        const auto value = env_ ? env_(name) : std::nullopt;
        if (!value || value->empty())
            return atr::not_found("the environment variable " + name + ", named as a secret, is not set");
        return *value;
    }
    if (reference.starts_with(file_prefix)) return read_file('/' + std::string(reference.substr(file_prefix.size())));
    return atr::rejected(ATR_E_CONFIG, "a secret is named as secret://env/NAME or secret://file/PATH");
}

}  // namespace treasurer
