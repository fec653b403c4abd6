/// libcurl, loaded when it is first needed: it brings thirty libraries and four megabytes that a host which calls
/// nobody does without.
#pragma once

#include <curl/curl.h>

namespace treasurer::net {

/// The functions that are used, each named as libcurl has it, less "curl_".
struct CurlLibrary {
    decltype(&::curl_easy_init) easy_init;
    decltype(&::curl_easy_cleanup) easy_cleanup;
    decltype(&::curl_easy_reset) easy_reset;
    decltype(&::curl_easy_setopt) easy_setopt;
    decltype(&::curl_easy_perform) easy_perform;
    decltype(&::curl_easy_getinfo) easy_getinfo;
    decltype(&::curl_easy_strerror) easy_strerror;
    decltype(&::curl_slist_append) slist_append;
    decltype(&::curl_slist_free_all) slist_free_all;
    decltype(&::curl_url) url;
    decltype(&::curl_url_set) url_set;
    decltype(&::curl_url_get) url_get;
    decltype(&::curl_url_cleanup) url_cleanup;
    decltype(&::curl_free) free;
};

/// Loads and initialises it at the first call; it stays. Threads: any.
/// Throws std::runtime_error, which says what is missing, where it cannot be loaded.
const CurlLibrary& curl_library();

}  // namespace treasurer::net
