/// What every call through a port carries.
#pragma once

#include <string>

#include "runtime/executor.hpp"

namespace treasurer {

struct CallOptions {
    Millis timeout{5000};  ///< after it the caller goes on without the answer
    /// Of what the caller looked at before it asked: a call that has waited longer for its turn is not begun, and the
    /// answer is retry; 0: it may begin until the deadline.
    Millis start_within{0};
    std::string request_id = {};  ///< for the logs of both sides
    unsigned attempt = 1;
    std::string traceparent = {};  ///< W3C, of the request that it is made for; empty: of none
};

}  // namespace treasurer
