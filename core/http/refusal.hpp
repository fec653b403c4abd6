/// Why the edge itself refuses a request, before any handler sees it.
#pragma once

#include <string_view>

namespace treasurer::http {

/// All text is literal: nothing a client sent is ever echoed. The connection closes after a refusal.
struct Refusal {
    int status = 400;
    std::string_view code;
    std::string_view detail;
    int retry_after_s = 0;  ///< 0: no Retry-After
};

}  // namespace treasurer::http
