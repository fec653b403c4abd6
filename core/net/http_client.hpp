/// The host's HTTP client, for plugins and webhooks: libcurl, made to tell whether a request left.
#pragma once

#include "ports/http_sender.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace treasurer::net {

/// A request that changes something (any but GET, HEAD and OPTIONS) goes over a connection of its own: over one that
/// was used before, libcurl may send it a second time by itself when the connection breaks. Redirects are not followed,
/// proxies of the environment not used, certificates always checked.
/// Threads: any, at once. Lifetime: send() has returned before it ends.
class HttpClient final : public HttpSender {
public:
    HttpClient();
    ~HttpClient() override;
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// What is not allowed, or malformed, is refused before a name is looked up.
    HttpReply send(const HttpRequest& request) override;

private:
    struct Handle;
    class Lease;

    std::mutex mutex_;
    std::vector<std::unique_ptr<Handle>> idle_;  ///< with the connections that reads may use again
};

}  // namespace treasurer::net
