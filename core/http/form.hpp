/// Form bodies: application/x-www-form-urlencoded and multipart/form-data.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/api_problem.hpp"

namespace treasurer::http {

struct FormPart {
    std::string name;
    std::string value;
    std::string filename = {};    ///< of a multipart file; else empty
    std::string media_type = {};  ///< of a multipart part that names one
};

struct Form {
    std::vector<FormPart> parts;

    /// The first field of that name.
    std::optional<std::string_view> find(std::string_view name) const;
};

/// Reads the body by its Content-Type. At most 100 fields. Problems: invalid_form; unsupported_media_type.
Parsed<Form> form_of(const Request& request);

}  // namespace treasurer::http
