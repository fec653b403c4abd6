/// One HTTP/1.1 exchange over a connection of its own, without TLS: what a plugin under test reaches its test server
/// by.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace atr::testkit {

struct HttpQuestion {
    std::string method, url;  ///< http://HOST[:PORT]/...
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::int64_t until_unix_ms = 0;
};

struct HttpAnswer {
    std::int32_t phase = 0;  ///< ATR_HTTP_*
    std::int32_t status = 0;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    std::string problem = {};  ///< where no whole reply came
};

/// Threads: any. Blocks until the reply is whole, or `until_unix_ms`.
HttpAnswer ask(const HttpQuestion& question);

}  // namespace atr::testkit
