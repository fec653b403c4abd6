/// Whether a request comes from a page of this very host. Browsers add cookies to whatever any page lets them send, so
/// what a cookie signs in has to show more before it changes anything.
#pragma once

#include <optional>

#include "http/api_problem.hpp"
#include "http/credentials.hpp"
#include "http/message.hpp"

namespace treasurer::http {

/// A problem cross_site unless both hold:
///   - X-Requested-With is there, with whatever value: no form sends it, and a script of another origin has to ask
///   first
///     (CORS), which is never granted
///   - the request's Origin is the one asked for: scheme, host and port. Without an Origin, or with "null", what the
///     browser says in Sec-Fetch-Site counts, "same-origin"; without that too, the origin of Referer.
/// A Sec-Fetch-Site that says otherwise, or two Origins, are a problem whatever the others say.
std::optional<Problem> cross_site_problem(const Request& request);

/// The same of a request that `credential` signs in; nullopt for GET, HEAD and OPTIONS, and where it is no cookie.
std::optional<Problem> cross_site_problem(const Request& request, const Credential& credential);

}  // namespace treasurer::http
