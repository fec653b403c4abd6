/// The headers by which every answer tells browsers and caches to be careful.
#pragma once

#include "http/message.hpp"

namespace treasurer::http {

/// Adds nosniff, frame deny, no referrer, and, where the handler has not said otherwise, Cache-Control: no-store and a
/// Content-Security-Policy that allows nothing.
void add_security_headers(Response& response);

}  // namespace treasurer::http
