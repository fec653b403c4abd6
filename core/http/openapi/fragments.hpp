/// What people wrote about the operations: the files of fragments/, one a resource, as they are.
///
/// A new route needs an entry under `operations` in one of them, by Route::name, in the words of OpenAPI 3.1:
/// `summary`, `description`, `parameters` of the query, `requestBody` and the `responses` of success. Shorter forms:
///   - a parameter or header by its name in common.json; a schema by the name it has in any fragment
///   - `schema` and `examples` straight in a requestBody or response: those of application/json
///   - `page_of`: a list of these with next_cursor and Link
///   - of an object schema all members are required but those in `optional`, and there are no others, unless it says so
///   - `problems`: codes of refusals beyond those that document.hpp adds; `problem_members`: what those of a status
///     hold besides; `x-answer` of an example: the status that it is answered with
///   - a GET answered with 200 has an ETag and knows If-None-Match, but for one that is `momentary`: true (no-store)
/// Everything else comes from the route. Where the new route is refused or refuses, tests/integration/api says what is
/// missing: it calls every operation and sends every example.
#pragma once

#include <span>
#include <string_view>

namespace treasurer::http::openapi {

/// JSON texts. They are literals: any thread, any time.
std::span<const std::string_view> fragments();

}  // namespace treasurer::http::openapi
