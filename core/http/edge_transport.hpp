/// One transport thread's connections, under Pistache's reactor.
#pragma once

#include <pistache/reactor.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "http/connection.hpp"
#include "http/connection_context.hpp"
#include "http/deadline_queue.hpp"
#include "http/edge_settings.hpp"
#include "http/real_time_turn.hpp"
#include "http/unique_fd.hpp"

namespace treasurer::http {

/// What every transport thread of an edge shares; outlives them all.
struct EdgeParts {
    const EdgeSettings& settings;
    const Handler& handler;
    const BodyJudge& body_judge;
    const Prompt& prompt;
    BodyBudgets body_budgets;
    std::shared_ptr<UnsentBudget> unsent_budget;
};

/// Pistache's reactor gives the thread and its epoll, and calls onReady(). The descriptors stay ours: Pistache's own
/// Tcp::Transport keys its peers and queued writes by descriptor number, reads until the socket is dry whether we can
/// take it or not, and never closes what is open when it ends. Here each connection is polled under an id that is never
/// used twice, so an event or answer for a closed one finds nobody.
/// Threads: onReady() on the reactor's thread; the constructor, destructor and const methods elsewhere.
class EdgeTransport final : public Pistache::Aio::Handler {
public:
    explicit EdgeTransport(const EdgeParts& parts);
    ~EdgeTransport() override;

    std::shared_ptr<Pistache::Aio::Handler> clone() const override;
    void registerPoller(Pistache::Polling::Epoll& poller) override;
    void onReady(const Pistache::Aio::FdSet& events) override;

    /// Closes every connection and the mailbox; once the reactor's threads have ended.
    void end();

    Mailbox& mailbox() const { return *context_.mailbox; }
    const EdgeCounters& counters() const { return context_.counters; }

private:
    struct Entry {
        std::shared_ptr<Connection> connection;
        Pistache::Polling::NotifyOn interest = Pistache::Polling::NotifyOn::None;
        DeadlineQueue::Place place = {};
        bool is_stream = false;
    };
    using Entries = std::unordered_map<std::uint64_t, Entry>;

    void begin_round();
    void look_at_turn(Connection::TimePoint now);
    void handle(const Pistache::Aio::FdSet::Entry& event);
    void on_time();
    void give_turns();
    void read_letters();
    void open_letter(Arrival&& arrival);
    void open_letter(LateAnswer&& late);
    void open_letter(DrainWish&&);
    void open_letter(StreamNews&&);
    template <class Event>
    void tell(Entries::iterator at, Event event);
    void settle(Entries::iterator at);
    void close(Entries::iterator at);
    void arm();
    void note_stream(std::uint64_t id, Entry& entry, bool is_stream);

    const EdgeParts parts_;
    ConnectionContext context_;
    RealTimeTurn turn_;
    UniqueFd timer_;
    Connection::TimePoint armed_ = Connection::TimePoint::max();
    Entries entries_;
    DeadlineQueue deadlines_;
    std::unordered_set<std::uint64_t> streams_;  ///< those of the entries whose answer goes on
    std::uint64_t next_id_;
    std::vector<char> scratch_;
};

}  // namespace treasurer::http
