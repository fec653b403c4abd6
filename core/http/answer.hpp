/// What every answer gets on its way out, whichever handler made it.
#pragma once

#include <string>

#include "http/message.hpp"

namespace treasurer::http {

/// What the answer depends on of the request; kept while the handler has the request.
struct AnswerFacts {
    std::string method;

    static AnswerFacts of(const Request& request) { return {request.method}; }
};

/// After the handler, and after what is kept under an Idempotency-Key. Threads: any.
void finish_answer(Response& response, const AnswerFacts& facts);

}  // namespace treasurer::http
