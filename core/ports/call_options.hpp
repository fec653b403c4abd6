/// What every call through a port carries.
#pragma once

#include <string>

#include "runtime/executor.hpp"

namespace treasurer {

struct CallOptions {
    Millis timeout{5000};         ///< after it the caller goes on without the answer
    std::string request_id = {};  ///< for the logs of both sides
    unsigned attempt = 1;
    std::string traceparent = {};  ///< W3C, of the request that it is made for; empty: of none
};

}  // namespace treasurer
