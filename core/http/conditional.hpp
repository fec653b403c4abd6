/// Entity tags, and the requests that depend on them (RFC 9110, 8.8.3 and 13).
#pragma once

#include <string>
#include <string_view>

#include "http/headers.hpp"

namespace treasurer::http {

/// The strong tag of these bytes, with its quotes: the same for the same bytes, on every host.
std::string entity_tag(std::string_view bytes);

/// The tag of the same representation in a content coding: `"abc"` and "gz" give `"abc-gz"`.
std::string tag_of_coding(std::string_view tag, std::string_view coding);

/// All fields of that name as one list; empty without one.
std::string list_field(const Headers& headers, std::string_view name);

/// Whether the value of If-None-Match names `tag`: `*`, or one of a list, compared weakly. What is malformed names none
/// from there on.
bool names_tag(std::string_view list, std::string_view tag);

/// The same for If-Match: a weak tag never matches. A tag of another coding of what `tag` names counts too, since what
/// it is about is the resource, not the bytes of one answer.
bool names_tag_strongly(std::string_view list, std::string_view tag);

}  // namespace treasurer::http
