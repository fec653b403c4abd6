/// Media types of requests, and choosing one for the answer.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treasurer::http {

/// The value of one `;name=value` in a header's parameters, unquoted; nullopt when it is not there.
std::optional<std::string> parameter_of(std::string_view parameters, std::string_view name);

struct MediaType {
    std::string name;        ///< lower case, "application/json"
    std::string parameters;  ///< what stands behind the first ';'

    std::optional<std::string> parameter(std::string_view wanted) const { return parameter_of(parameters, wanted); }
};

/// nullopt for what is no type/subtype.
std::optional<MediaType> parse_media_type(std::string_view text);

/// The weight (0..1000) in the parameters of an element of Accept or Accept-Encoding, "q=0.5"; without one 1000.
int quality_of(std::string_view parameters);

/// Whether a body of this Content-Type may be given to what takes `types`: "*/*" is any, "application/json" also what
/// ends in +json. No header says nothing: then whoever reads the body judges it.
bool is_one_of(std::optional<std::string_view> content_type, const std::vector<std::string>& types);

/// The weight (0..1000) that an Accept value gives to a media type; no value accepts everything.
int weight_of(std::optional<std::string_view> accept, std::string_view media_type);

/// The best of `offered` for an Accept value: by its weights, then by what it names first, then the earlier one; empty
/// when none is acceptable.
std::string_view choose(std::optional<std::string_view> accept, std::initializer_list<std::string_view> offered);

}  // namespace treasurer::http
