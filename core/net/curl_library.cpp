#include "net/curl_library.hpp"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace treasurer::net {
namespace {

constexpr const char* curl_file = "libcurl.so.4";

[[noreturn]] void fail() {
    const char* const said = ::dlerror();
    throw std::runtime_error(std::string(curl_file) + ", by which plugins call over HTTP, cannot be loaded: " +
                             (said ? said : "no reason was told") + "; install libcurl 7.85 or later");
}

template <class Function>
void find_symbol(void* library, const char* symbol, Function& out) {
    void* const found = ::dlsym(library, symbol);
    if (!found) fail();
    out = reinterpret_cast<Function>(found);
}

CurlLibrary load() {
    void* const library = ::dlopen(curl_file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library) fail();
    CurlLibrary out{};
    find_symbol(library, "curl_easy_init", out.easy_init);
    find_symbol(library, "curl_easy_cleanup", out.easy_cleanup);
    find_symbol(library, "curl_easy_reset", out.easy_reset);
    find_symbol(library, "curl_easy_setopt", out.easy_setopt);
    find_symbol(library, "curl_easy_perform", out.easy_perform);
    find_symbol(library, "curl_easy_getinfo", out.easy_getinfo);
    find_symbol(library, "curl_easy_strerror", out.easy_strerror);
    find_symbol(library, "curl_slist_append", out.slist_append);
    find_symbol(library, "curl_slist_free_all", out.slist_free_all);
    find_symbol(library, "curl_url", out.url);
    find_symbol(library, "curl_url_set", out.url_set);
    find_symbol(library, "curl_url_get", out.url_get);
    find_symbol(library, "curl_url_cleanup", out.url_cleanup);
    find_symbol(library, "curl_free", out.free);
    decltype(&::curl_global_init) initialise = nullptr;
    find_symbol(library, "curl_global_init", initialise);
    initialise(CURL_GLOBAL_DEFAULT);
    return out;
}

}  // namespace

const CurlLibrary& curl_library() {
    static const CurlLibrary library = load();
    return library;
}

}  // namespace treasurer::net
