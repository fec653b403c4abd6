/// The way into a transport thread from any other: new connections, late answers, the wish to drain.
#pragma once

#include <sys/eventfd.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "http/connection_caps.hpp"
#include "http/message.hpp"
#include "http/unique_fd.hpp"

namespace treasurer::http {

class Connection;

/// A client just accepted.
struct Arrival {
    UniqueFd socket;
    std::string remote_address;
    ConnectionCaps::Slot slot;
};
/// An answer for a connection that may be gone. It is named by the object, never by its descriptor's number, which the
/// next client may have got by then.
struct LateAnswer {
    std::weak_ptr<Connection> connection;
    std::uint64_t exchange;
    std::optional<Response> response;
};
struct DrainWish {};
/// That streams may have more to say; one letter for all of a thread.
struct StreamNews {};
using Letter = std::variant<Arrival, LateAnswer, DrainWish, StreamNews>;

/// Threads: post(), waiting() and close() from any; take() on the transport thread. Kept alive by responders, so that a
/// late answer finds a closed mailbox rather than a descriptor that is someone else's by now.
class Mailbox {
public:
    Mailbox();

    /// Dropped when the mailbox is closed. Wakes the transport thread, unless it is the caller or awake for this
    /// anyway.
    void post(Letter letter);
    /// Makes the transport thread begin another round, though nothing may have happened by then.
    void wake() { ::eventfd_write(event_.get(), 1); }
    std::vector<Letter> take();
    std::size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return letters_.size();
    }
    /// Drops what waits and all that comes.
    void close();

    /// The eventfd to poll; readable while letters wait.
    int descriptor() const { return event_.get(); }
    /// Says that the calling thread is the one that takes from this mailbox.
    void enter_thread() { of_this_thread_ = this; }

private:
    inline static thread_local const Mailbox* of_this_thread_ = nullptr;

    UniqueFd event_;
    mutable std::mutex mutex_;
    std::vector<Letter> letters_;
    bool is_closed_ = false;
};

}  // namespace treasurer::http
