/// Schemas and sentences of the document as HTML for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace treasurer::http::openapi {

/// With &, <, > and quotes replaced: fit for text and for attributes in double quotes.
std::string escaped(std::string_view text);

/// Escaped, with `this` as code and blank lines as paragraphs' ends. In <p>.
std::string paragraphs(std::string_view text);
/// The same of one line, without <p>.
std::string sentence(std::string_view text);

/// A schema in a line, such as "list of Invoice" with a link; of an object without a name: "object".
std::string type_of(const nlohmann::ordered_json& schema);

/// A table of the members of an object schema, and of the objects in it that have no name; empty for any other schema.
std::string members_of(const nlohmann::ordered_json& schema, std::string_view caption);

}  // namespace treasurer::http::openapi
