#include "config/shown_value.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace treasurer {

namespace {

constexpr const char* hidden = "(hidden)";

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool names_a_secret(const std::string& name) {
    static constexpr std::array words = {"pass", "secret", "token", "key", "credential"};
    const std::string low = lower(name);
    return std::any_of(words.begin(), words.end(),
                       [&](const char* word) { return low.find(word) != std::string::npos; });
}

}  // namespace

EnvLookup hide_secrets(EnvLookup env) {
    return [env = std::move(env)](const std::string& name) -> std::optional<std::string> {
        if (names_a_secret(name)) return hidden;
        return env ? env(name) : std::nullopt;
    };
}

std::string without_passwords(std::string text) {
    if (const auto scheme = text.find("://"); scheme != std::string::npos) {
        const auto begin = scheme + 3, end = std::min(text.find_first_of("/?#", begin), text.size());
        const auto at = text.rfind('@', end), colon = text.find(':', begin);
        if (at != std::string::npos && at > begin && colon < at) text.replace(colon + 1, at - colon - 1, hidden);
    }
    const std::string word = "password=";
    for (auto at = lower(text).find(word); at != std::string::npos; at = lower(text).find(word, at + word.size())) {
        const auto begin = at + word.size();
        text.replace(begin, std::min(text.find_first_of(" &,\"", begin), text.size()) - begin, hidden);
    }
    return text;
}

std::string variables_of(const std::string& written, const EnvLookup& env) {
    std::string out;
    for (std::size_t at = written.find("${"); at != std::string::npos; at = written.find("${", at + 2)) {
        if (at > 0 && written[at - 1] == '$') continue;  // "$${" is a plain "${"
        const auto end = written.find('}', at);
        if (end == std::string::npos) break;
        const std::string inside = written.substr(at + 2, end - at - 2), name = inside.substr(0, inside.find(":-"));
        const auto value = env ? env(name) : std::nullopt;
        const bool by_default = inside.size() > name.size() && (!value || value->empty());
        out += std::string(by_default ? ", default of ${" : ", from ${") + name + "}";
    }
    return out;
}

}  // namespace treasurer
