/// Turns a Response into the bytes of an HTTP/1.1 answer.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "http/output_buffer.hpp"

namespace treasurer::http {

/// What the answer must know of its request.
struct Exchange {
    std::string request_id;
    int version = 11;
    bool is_head = false;
    bool keep_alive = true;
};

/// Answers of every other status have content, or at least a length.
inline bool has_content(int status) {
    return status != 204 && status != 304;
}

/// Threads: one per thread. Every answer gets Date, X-Request-ID and its framing; a response that is not fit to be sent
/// (a status outside 200..599, a header with control characters) is replaced by a plain 500.
class ResponseWriter {
public:
    /// `now` in seconds since the epoch; the Date text is made once for each.
    void write(Response&& response, const Exchange& exchange, std::time_t now, OutputBuffer& out);

private:
    std::string_view date(std::time_t now);

    std::time_t date_of_ = -1;
    std::string date_;
};

}  // namespace treasurer::http
