/// The HTTP/1.1 server: Pistache's reactor and threads, strict reading, limits, and answers from any thread.
#pragma once

#include <atr/result.hpp>
#include <chrono>
#include <cstdint>
#include <memory>

#include "http/body_leave.hpp"
#include "http/edge_settings.hpp"
#include "http/responder.hpp"

namespace treasurer::http {

/// Reads requests as RFC 9112 demands and refuses every other by itself, with problem+json; keeps connections alive,
/// answers pipelined requests in order, and never blocks a transport thread.
/// Lifetime: start once, then drain() or stop(); the destructor stops. Responders and requests may outlive it.
/// Threads: start, drain and stop from one thread, never from the handler; once started, port and stats from any.
class Edge {
public:
    /// `judge`: asked at the head of every request with a body; without one every body is read.
    /// `prompt`: says which requests overtake others; without it none does.
    Edge(EdgeSettings settings, Handler handler, BodyJudge judge = {}, Prompt prompt = {});
    ~Edge();
    Edge(const Edge&) = delete;
    Edge& operator=(const Edge&) = delete;

    /// Listens and serves; the handler may be called before this returns.
    /// Errors (rejected): the address or port cannot be had; the message names both and the reason.
    atr::Result<> start();

    /// The port listened on; 0 before start().
    std::uint16_t port() const;

    /// Closes the listening socket and idle connections, lets requests in flight finish for at most `within`, then
    /// stops. False when some were cut off.
    bool drain(std::chrono::milliseconds within);

    /// Closes everything at once and joins the threads. Repeating it does nothing.
    void stop();

    /// Lets every answer that is a stream look for what there is to send now. Once started, from any thread.
    void wake_streams();

    EdgeStats stats() const;

private:
    struct Running;
    const EdgeSettings settings_;
    const Handler handler_;
    const BodyJudge judge_;
    const Prompt prompt_;
    std::unique_ptr<Running> running_;
};

}  // namespace treasurer::http
