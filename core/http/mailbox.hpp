/// The way into a transport thread from any other: new connections, late answers, the wish to drain.
#pragma once

#include <sys/eventfd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

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

/// Threads: post(), waiting() and close() from any; open_all() on the transport thread. Nobody waits for a lock here: a
/// thread that runs before others would else wait for one that it keeps from running, and so it would in free() for
/// memory that others allocated. So letters that were opened go back to those who write, who free them. Kept alive by
/// responders, so that a late answer finds a closed mailbox rather than a descriptor that is someone else's by now.
class Mailbox {
public:
    Mailbox();
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    /// Dropped when the mailbox is closed. Wakes the transport thread, unless it is the caller or awake for this
    /// anyway.
    void post(Letter letter);
    /// Makes the transport thread begin another round, though nothing may have happened by then.
    void wake() { ::eventfd_write(event_.get(), 1); }
    /// Calls `open(letter)` for each that waits, in the order of their posting. What it leaves in a letter is destroyed
    /// by whoever posts next. False: there was none. Errors: what `open` throws; the rest is dropped.
    template <class Open>
    bool open_all(Open open) {
        const Opened opened{*this, take()};
        for (Node* node = opened.first; node; node = node->next) open(node->letter);
        return opened.first != nullptr;
    }
    /// Posted, and not yet taken.
    std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
    /// Drops what waits and all that comes.
    void close();

    /// The eventfd to poll; readable while letters wait.
    int descriptor() const { return event_.get(); }
    /// Says that the calling thread is the one that takes from this mailbox.
    void enter_thread() { of_this_thread_ = this; }

private:
    struct Node {
        Letter letter;
        Node* next = nullptr;
    };
    using List = std::atomic<Node*>;
    struct Opened {
        Mailbox& mailbox;
        Node* const first;
        ~Opened() { mailbox.give_back(first); }
    };

    Node* take();
    void give_back(Node* first);
    static Node* add(List& list, Node* first, Node* last);
    static std::size_t destroy(Node* first);

    inline static thread_local const Mailbox* of_this_thread_ = nullptr;

    UniqueFd event_;
    List posted_{nullptr};  ///< the newest first
    List opened_{nullptr};
    std::atomic<std::size_t> waiting_{0};
    std::atomic<bool> is_closed_{false};
};

}  // namespace treasurer::http
