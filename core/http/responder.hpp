/// The promise to answer one request: moved along with the work, called once.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "http/message.hpp"

namespace treasurer::http {

/// Threads: send() from any thread, at any time, also when the client or the edge is long gone (then nothing happens).
/// Called on the transport thread inside the handler, the answer is written at once.
/// Destroyed without send(), the client gets a 500. One responder belongs to one thread at a time.
class Responder {
public:
    /// Takes the answer, or nullopt for a responder dropped unanswered. Must not throw.
    using Sink = std::function<void(std::optional<Response>)>;

    Responder() = default;
    explicit Responder(Sink sink) : sink_(std::move(sink)) {}
    Responder(Responder&& other) noexcept : sink_(std::exchange(other.sink_, nullptr)) {}
    Responder& operator=(Responder&& other) noexcept;
    ~Responder();

    /// The first call counts, later ones do nothing.
    void send(Response response);

    /// True until send(), and not for a moved-from or default-made one.
    bool is_open() const { return sink_ != nullptr; }

private:
    void drop();

    Sink sink_;
};

/// Called on the transport thread, which serves many other connections: it must not block.
/// What it throws becomes a plain 500. The request may be kept or moved on.
using Handler = std::function<void(Request&&, Responder)>;

/// Asked on the transport thread: whether a request, which has waited there so long, is handled before all others that
/// came with it.
using Prompt = std::function<bool(const Request&, std::chrono::steady_clock::duration)>;

}  // namespace treasurer::http
