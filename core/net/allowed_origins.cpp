#include "net/allowed_origins.hpp"

#include "net/curl_library.hpp"

#include <algorithm>
#include <memory>

namespace treasurer::net {
namespace {

struct UrlCleanup {
    void operator()(CURLU* url) const { curl_library().url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlCleanup>;

std::string part(const Url& url, CURLUPart which) {
    char* text = nullptr;
    if (curl_library().url_get(url.get(), which, &text, CURLU_DEFAULT_PORT) != CURLUE_OK || !text) return {};
    std::string out(text);
    curl_library().free(text);
    return out;
}

Url parsed(const std::string& text) {
    Url url(curl_library().url());
    const bool is_text = text.find('\0') == std::string::npos;
    if (!url || !is_text ||
        curl_library().url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
        return nullptr;
    return url;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    return text;
}

Origin origin_in(const Url& url) {
    return {lower(part(url, CURLUPART_SCHEME)), lower(part(url, CURLUPART_HOST)), part(url, CURLUPART_PORT)};
}

/// "https://*.example.com" as a URL that can be read: the asterisk is none of a host's characters.
std::string without_wildcard(std::string entry) {
    const std::size_t at = entry.find("://*.");
    if (at != std::string::npos) entry.erase(at + 3, 2);
    return entry;
}

bool has_wildcard(const std::string& entry) {
    return entry.find("://*.") != std::string::npos;
}

}  // namespace

std::optional<Origin> origin_of(const std::string& url) {
    const Url read = parsed(url);
    if (!read) return std::nullopt;
    Origin out = origin_in(read);
    const bool is_web = out.scheme == "http" || out.scheme == "https";
    if (!is_web || out.host.empty() || out.port.empty()) return std::nullopt;
    return out;
}

std::string fault_in_allowed(const std::string& entry) {
    const Url read = parsed(without_wildcard(entry));
    const auto origin = origin_of(without_wildcard(entry));
    if (!read || !origin) return "is not of the form https://HOST or https://HOST:PORT";
    const std::string path = part(read, CURLUPART_PATH);
    if ((path != "/" && !path.empty()) || !part(read, CURLUPART_QUERY).empty() ||
        !part(read, CURLUPART_FRAGMENT).empty())
        return "names more than an origin: leave out path and query";
    if (has_wildcard(entry) && origin->host.find('.') == std::string::npos)
        return "stands for a whole top-level domain: name the one below it";
    return {};
}

bool is_allowed(const Origin& origin, const std::vector<std::string>& allowed) {
    return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& entry) {
        const auto wanted = origin_of(without_wildcard(entry));
        if (!wanted || wanted->scheme != origin.scheme || wanted->port != origin.port) return false;
        if (!has_wildcard(entry)) return wanted->host == origin.host;
        const std::string suffix = "." + wanted->host;
        return origin.host.size() > suffix.size() && origin.host.ends_with(suffix);
    });
}

}  // namespace treasurer::net
