/// What every answer gets on its way out, whichever handler made it: an entity tag, 304 for who has the representation
/// already, a content coding, Cache-Control, the origins that may read it, its place in a trace, and the headers by
/// which browsers are careful.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/cors.hpp"
#include "http/message.hpp"
#include "http/trace_context.hpp"

namespace treasurer::http {

/// What the answer depends on of the request; kept while the handler has the request.
struct AnswerFacts {
    std::string method;
    std::optional<std::string> accept_encoding = {};
    std::string if_none_match = {};  ///< all of its fields, as one list
    CorsQuestion cors = {};
    std::optional<TraceContext> trace = {};  ///< of a request that came with one
    std::string span_id = {};                ///< this request's own in it

    static AnswerFacts of(const Request& request);
};

struct AnswerSettings {
    CorsSettings cors = {};
};

/// After the handler, and after what is kept under an Idempotency-Key. Threads: any; it compresses, so a handler that
/// answers on a transport thread gives its body as `shared_body`, which is left as it is.
///
/// A GET answered with 200 is a representation, unless the handler says Cache-Control: no-store (then nothing of it may
/// be kept, and nothing is compressed: what holds secrets says so). A representation is `private, no-cache` where the
/// handler says nothing else, has a strong ETag over its bytes as they are sent, and is compressed where the client
/// asks for it, if its handler has not done so.
void finish_answer(Response& response, const AnswerFacts& facts, const AnswerSettings& settings = {});

/// Adds `name` to Vary.
void add_vary(Response& response, std::string_view name);

}  // namespace treasurer::http
