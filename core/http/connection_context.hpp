/// What all connections of one transport thread share.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>

#include "http/body_budget.hpp"
#include "http/body_leave.hpp"
#include "http/edge_settings.hpp"
#include "http/mailbox.hpp"
#include "http/request_ids.hpp"
#include "http/responder.hpp"
#include "http/response_writer.hpp"
#include "http/unsent_budget.hpp"

namespace treasurer::http {

/// Written by one transport thread, read by any.
struct EdgeCounters {
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> slow_readers{0};
    std::atomic<std::uint64_t> timed_out{0};
    std::atomic<std::uint64_t> handler_failures{0};
    std::atomic<std::uint64_t> late_answers{0};
    std::atomic<std::uint64_t> open_streams{0};  ///< now
    std::atomic<bool> is_real_time{false};       ///< now

    static void count(std::atomic<std::uint64_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }
};

/// Threads: the transport thread's own, except the counters and the mailbox.
struct ConnectionContext {
    const EdgeSettings& settings;
    const Handler& handler;
    const BodyJudge& body_judge;  ///< empty: every body is read
    const Prompt& prompt;         ///< empty: every request is handled as soon as it is read
    BodyBudgets body_budgets;
    std::shared_ptr<UnsentBudget> unsent_budget;
    std::shared_ptr<Mailbox> mailbox;
    RequestIds request_ids;
    ResponseWriter writer = {};
    EdgeCounters counters = {};
    std::deque<std::weak_ptr<Connection>> in_turn = {};  ///< those with a request that is not handled yet
    std::uint64_t exchanges = 0;                         ///< handed to the handler so far; names each exchange
    bool is_draining = false;
    std::chrono::steady_clock::time_point now = {};  ///< of the current round
    std::chrono::system_clock::time_point wall_now = {};
};

}  // namespace treasurer::http
