#include "http/security_headers.hpp"

namespace treasurer::http {

void add_security_headers(Response& response) {
    auto& headers = response.headers;
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    headers.set("Referrer-Policy", "no-referrer");
    if (!headers.contains("Cache-Control")) headers.add("Cache-Control", "no-store");
    if (!headers.contains("Content-Security-Policy"))
        headers.add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
}

}  // namespace treasurer::http
