/// HTTP requests to the world outside, with an answer to the one question that matters for money: was it sent?
#pragma once

#include "runtime/executor.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace treasurer {

using HttpFields = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
    std::string method = "GET";
    std::string url;  ///< absolute, http or https
    HttpFields headers = {};
    std::string body = {};
    Millis timeout{10'000};  ///< of all of it: name, connection, TLS, request, reply
    std::size_t max_reply_bytes = std::size_t{8} << 20;
    /// Where it may go: "https://api.example.com", "https://*.example.com:8443". Nowhere else, redirects included.
    std::vector<std::string> allowed = {};
};

enum class HttpPhase {
    not_sent,       ///< proven: not a byte of the request left this host; it may be repeated
    sent_no_reply,  ///< some of it left, and no whole reply came: it may have been carried out
    replied
};

struct HttpReply {
    HttpPhase phase = HttpPhase::not_sent;
    int status = 0;           ///< replied: of the reply
    HttpFields headers = {};  ///< replied; names as they came
    std::string body = {};
    std::int32_t code = 0;     ///< not replied: ATR_E_*
    bool is_refused = false;   ///< not sent, and never will be as it is: not allowed, or malformed
    std::string problem = {};  ///< not replied: why, one line without secrets
};

/// Threads: any, at once; it blocks the calling thread until the reply or the time-out. Errors: in the reply.
class HttpSender {
public:
    virtual ~HttpSender() = default;
    virtual HttpReply send(const HttpRequest& request) = 0;
};

}  // namespace treasurer
