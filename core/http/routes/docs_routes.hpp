/// GET /openapi.json and GET /docs: the routes of this host, described for programs and for people. GET / leads to the
/// page.
#pragma once

#include <string_view>

#include "http/router.hpp"

namespace treasurer::http {

/// What they serve is made once, here, of the routes that the router has by now: to be called after all others are
/// added.
void add_docs(Router& router, std::string_view version);

}  // namespace treasurer::http
