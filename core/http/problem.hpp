/// RFC 9457 problem documents: the one shape in which every error leaves the host.
#pragma once

#include <string_view>

#include "http/message.hpp"

namespace treasurer::http {

/// An application/problem+json answer with type, title, status, detail, code and request_id.
/// `code` is stable and machine-readable (snake_case); `detail` is for people and never holds an exception's text.
Response problem_response(int status, std::string_view code, std::string_view detail, std::string_view request_id);

}  // namespace treasurer::http
