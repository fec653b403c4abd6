#include "http/answer.hpp"

#include "http/security_headers.hpp"

namespace treasurer::http {

void finish_answer(Response& response, const AnswerFacts& /*facts*/) {
    add_security_headers(response);
}

}  // namespace treasurer::http
