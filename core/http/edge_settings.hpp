/// Everything about the edge that an operator may set, and what it counts.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "http/bytes.hpp"
#include "http/request_reader.hpp"

namespace treasurer::http {

struct EdgeSettings {
    std::string address = "127.0.0.1";  ///< an IPv4 or IPv6 address; "::" serves both
    std::uint16_t port = 0;             ///< 0: any free one
    int threads = 2;
    bool real_time = false;  ///< while they need little of their cores they run before others, see real_time_turn.hpp

    ReaderLimits limits = {};
    std::size_t body_budget_bytes = 64 * kMiB;  ///< all bodies in flight together; beyond it 503
    std::size_t strangers_part =
        8;  ///< who need not sign in has one part in so many of that, and so have keys not seen yet
    std::size_t max_pipelined_bytes = 16 * kKiB;  ///< read ahead of the answer in work, then reading pauses
    std::size_t max_unsent_bytes = 64 * kKiB;     ///< of a stream; beyond it the client must take some first
    std::size_t unsent_budget_bytes =
        64 * kMiB;  ///< all that clients have not taken yet together; a connection beyond it is closed
    std::size_t unsent_bytes_per_address = 16 * kMiB;  ///< of that; one answer may be larger
    std::size_t max_connections = 4096;
    std::size_t max_connections_per_address = 256;  ///< an IPv6 /64 counts as one address

    std::chrono::milliseconds header_timeout{10'000};  ///< from connecting, or a head's first byte, to its last
    std::chrono::milliseconds body_timeout{30'000};    ///< for a whole body, plus the time its bytes earn:
    std::size_t body_bytes_per_second = 16 * kKiB;     ///< each this many bytes received earn one second more
    std::chrono::milliseconds idle_timeout{60'000};    ///< between requests
    std::chrono::milliseconds write_timeout{30'000};   ///< without the client taking a byte of its answer; for a whole
                                                       ///< answer it is this, plus the time its bytes earn:
    std::size_t write_bytes_per_second = 16 * kKiB;    ///< each this many bytes taken earn one second more
    std::chrono::milliseconds linger_timeout{2'000};   ///< after the last answer, for the client to close first
};

/// Totals since start, except where noted.
struct EdgeStats {
    std::uint64_t open_connections = 0;      ///< now
    std::uint64_t body_bytes_in_flight = 0;  ///< now
    std::uint64_t real_time_threads = 0;     ///< now: transport threads that run before others
    std::uint64_t open_streams = 0;          ///< now: answers that go on
    std::uint64_t letters = 0;               ///< now: arrivals and late answers that wait for a transport thread
    std::uint64_t accepted = 0;
    std::uint64_t turned_away = 0;       ///< over a connection cap
    std::uint64_t requests = 0;          ///< handed to the handler
    std::uint64_t refused = 0;           ///< answered by the edge itself: malformed, too large, overloaded
    std::uint64_t slow_readers = 0;      ///< connections closed because too much waited for clients that do not read
    std::uint64_t timed_out = 0;         ///< of those and others: connections ended by a time-out
    std::uint64_t handler_failures = 0;  ///< threw, or dropped its responder unanswered
    std::uint64_t late_answers = 0;      ///< came when the client was gone
};

}  // namespace treasurer::http
