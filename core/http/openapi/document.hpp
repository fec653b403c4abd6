/// The OpenAPI 3.1 document of a set of routes.
///
/// What can be known from a route comes from it: method, path, who may, limits of the body, Idempotency-Key, media
/// types, and every refusal that the router makes. The rest is what the fragments say.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http/route_table.hpp"

namespace treasurer::http::openapi {

struct Document {
    nlohmann::ordered_json json;
    /// Routes without a fragment (their operations have `x-undocumented`), fragments without a route, and what else in
    /// the fragments is not true of the routes. A test wants none.
    std::vector<std::string> faults;
};

/// Errors: a fragment that is no JSON is a mistake of the build: std::exception.
Document document_of(const RouteTable& routes, std::string_view version);

}  // namespace treasurer::http::openapi
