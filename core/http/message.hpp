/// What the edge hands to a handler, and what it takes back: one request, one response.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/body_budget.hpp"
#include "http/headers.hpp"
#include "http/response_stream.hpp"

namespace treasurer::http {

struct QueryParameter {
    std::string name;
    std::string value;
};

/// One request, already checked against RFC 9112: handlers need no second look at its framing.
struct Request {
    std::string method;                 ///< as sent, case kept; any token
    std::string target;                 ///< as sent
    std::string path;                   ///< percent-decoded exactly once; "*" for OPTIONS *
    std::vector<QueryParameter> query;  ///< in order, percent-decoded once, '+' read as a space
    int version = 11;                   ///< 10 or 11
    std::string host;                   ///< the authority asked for, e.g. "treasurer.example:8080"; empty only in 1.0
    Headers headers;
    std::string body;
    BodyCharge body_charge;      ///< the body's share of the memory budget, held as long as the request
    std::string remote_address;  ///< numeric: of the socket's other end, or of whom the trusted proxies there speak for
    std::string request_id;      ///< the client's X-Request-ID if it is sane, else a new UUIDv7
    std::chrono::steady_clock::time_point arrival;  ///< when its last byte was read
    bool keep_alive = true;
    /// Set: refused at its head, so that `body` is empty because nobody waited for it; what was announced, 0 for
    /// chunks.
    std::optional<std::uint64_t> unread_bytes = std::nullopt;
    bool is_secure = false;  ///< it came by TLS, as a trusted proxy says

    /// The first query parameter of that name.
    std::optional<std::string_view> query_value(std::string_view name) const;
};

/// One answer. Content-Length, Transfer-Encoding, Connection and Date are the edge's own: set here, they are dropped.
/// For HEAD, answer as for GET; the edge leaves the body out.
struct Response {
    int status = 200;      ///< 200..599
    Headers headers = {};  ///< names must be tokens and values free of control characters, else a plain 500 goes out
    std::string body = {};
    std::shared_ptr<const std::string> shared_body = {};  ///< a ready snapshot, sent uncopied; wins over `body`
    /// Content that comes after the head, until the stream ends; wins over both. A HEAD request gets the head alone.
    std::shared_ptr<ResponseStream> stream = {};
    bool close = false;      ///< close the connection after this answer
    bool of_cache = false;   ///< it tells its user no more than what is cached
    std::string cause = {};  ///< why it failed, for the log: it is never sent

    std::string_view content() const { return shared_body ? std::string_view(*shared_body) : std::string_view(body); }

    static Response json(int status, std::string body);
    static Response json(int status, std::shared_ptr<const std::string> body);
    static Response text(int status, std::string body);
    static Response empty(int status);
};

/// The reason phrase of a status, e.g. "Not Found".
std::string_view reason_phrase(int status);

}  // namespace treasurer::http
