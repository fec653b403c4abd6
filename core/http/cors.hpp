/// Which pages of other origins may read our answers (the Fetch standard's CORS). By a list of exact origins; without
/// one, none may.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace treasurer::http {

struct CorsSettings {
    std::vector<std::string> origins = {};  ///< "https://pay.example", "http://localhost:5173": scheme, host, port
};

/// What the request says of where it comes from.
struct CorsQuestion {
    std::string origin = {};            ///< of the page; empty: none was named
    std::string requested_method = {};  ///< of a preflight: OPTIONS that asks what a later request may do
};

/// Allows the origin if it is on the list; a preflight is told the methods of its Allow, and the fields that the API
/// reads. Credentials are never allowed: a page of another origin sends its token or key itself, and no cookie.
void add_cors(Response& response, const CorsQuestion& question, const CorsSettings& settings);

}  // namespace treasurer::http
