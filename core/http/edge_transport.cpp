#include "http/edge_transport.hpp"

#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <system_error>

namespace treasurer::http {
namespace {

using Pistache::Polling::NotifyOn;
using Pistache::Polling::Tag;

// Pistache tags its own descriptors with their numbers, so ours begin above every descriptor number.
constexpr std::uint64_t kMailboxTag = std::uint64_t{1} << 32;
constexpr std::uint64_t kTimerTag = kMailboxTag + 1;
constexpr std::uint64_t kFirstId = kMailboxTag + 2;

constexpr std::size_t kScratchBytes = 64 * kKiB;
/// The timer fires no oftener than this, however many deadlines are near.
constexpr std::chrono::milliseconds kTimerStep{5};
/// How long requests are handled before the thread looks for what is more urgent: as long as it took to read, within
/// these bounds.
constexpr std::chrono::steady_clock::duration kShortTurns = std::chrono::microseconds(500);
constexpr std::chrono::steady_clock::duration kLongTurns = std::chrono::milliseconds(2);

std::uint64_t seed() {
    std::random_device device;
    return static_cast<std::uint64_t>(device()) << 32 | device();
}

/// A few milliseconds coarse, for a fraction of the price.
std::chrono::system_clock::time_point coarse_wall_clock() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return std::chrono::system_clock::time_point(std::chrono::duration_cast<std::chrono::system_clock::duration>(
        std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec)));
}

NotifyOn interest_of(const Connection& connection) {
    return (connection.wants_read() ? NotifyOn::Read : NotifyOn::None) |
           (connection.wants_write() ? NotifyOn::Write : NotifyOn::None);
}

}  // namespace

EdgeTransport::EdgeTransport(const EdgeParts& parts)
    : parts_(parts),
      context_{.settings = parts.settings,
               .handler = parts.handler,
               .body_judge = parts.body_judge,
               .prompt = parts.prompt,
               .body_budgets = parts.body_budgets,
               .unsent_budget = parts.unsent_budget,
               .mailbox = std::make_shared<Mailbox>(),
               .request_ids = RequestIds(seed())},
      turn_(parts.settings.real_time, parts.settings.threads),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
      next_id_(kFirstId),
      scratch_(kScratchBytes) {
    if (!timer_) throw std::system_error(errno, std::generic_category(), "timerfd_create");
}

EdgeTransport::~EdgeTransport() {
    end();
}

void EdgeTransport::end() {
    context_.mailbox->close();
    entries_.clear();
    deadlines_ = {};
    streams_.clear();
    context_.in_turn.clear();
}

std::shared_ptr<Pistache::Aio::Handler> EdgeTransport::clone() const {
    return std::make_shared<EdgeTransport>(parts_);
}

void EdgeTransport::registerPoller(Pistache::Polling::Epoll& poller) {
    const Pistache::Flags<NotifyOn> read(NotifyOn::Read);
    poller.addFd(context_.mailbox->descriptor(), read, Tag(kMailboxTag));
    poller.addFd(timer_.get(), read, Tag(kTimerTag));
}

void EdgeTransport::begin_round() {
    context_.mailbox->enter_thread();
    context_.now = std::chrono::steady_clock::now();
    context_.wall_now = coarse_wall_clock();
    look_at_turn(context_.now);
}

void EdgeTransport::look_at_turn(Connection::TimePoint now) {
    turn_.look(now);
    context_.counters.is_real_time.store(turn_.is_real_time(), std::memory_order_relaxed);
}

void EdgeTransport::onReady(const Pistache::Aio::FdSet& events) {
    begin_round();
    for (const auto& event : events) handle(event);
    read_letters();
    give_turns();
}

/// Everything that could be read has been read, and what is prompt is answered; now the others, one after another. What
/// is left when their time is over comes after the next look at what can be read.
void EdgeTransport::give_turns() {
    auto& in_turn = context_.in_turn;
    if (in_turn.empty()) return;
    const auto begin = std::chrono::steady_clock::now();
    const auto end = begin + std::clamp(begin - context_.now, kShortTurns, kLongTurns);
    do {
        const auto connection = in_turn.front().lock();
        in_turn.pop_front();
        const auto at = connection ? entries_.find(connection->id()) : entries_.end();
        if (at != entries_.end()) tell(at, [](Connection& told) { told.on_turn(); });
    } while (!in_turn.empty() && std::chrono::steady_clock::now() < end);
    // What this thread has written to itself meanwhile waits as well, and nobody else wakes it.
    if (!in_turn.empty() || context_.mailbox->waiting() > 0) context_.mailbox->wake();
}

void EdgeTransport::handle(const Pistache::Aio::FdSet::Entry& event) {
    const auto tag = event.getTag().value();
    if (tag == kMailboxTag) {
        eventfd_t ignored = 0;
        ::eventfd_read(context_.mailbox->descriptor(), &ignored);
        return;
    }
    if (tag == kTimerTag) return on_time();
    const auto at = entries_.find(tag);
    if (at == entries_.end()) return;
    tell(at, [&](Connection& connection) {
        if (event.isReadable()) connection.on_readable(scratch_);
        if (event.isWritable()) connection.on_writable();
        // Both directions are gone: nobody is left to answer.
        if (event.isHangup()) connection.on_hangup();
    });
}

/// One connection's failure, if only for want of memory, is that connection's end and nobody else's.
template <class Event>
void EdgeTransport::tell(Entries::iterator at, Event event) {
    look_at_turn(std::chrono::steady_clock::now());  // a round has no bound in time
    try {
        event(*at->second.connection);
        settle(at);
    } catch (const std::exception&) {
        close(at);
    }
}

void EdgeTransport::settle(Entries::iterator at) {
    auto& [id, entry] = *at;
    if (entry.connection->is_finished()) return close(at);
    note_stream(id, entry, entry.connection->is_streaming());
    const auto interest = interest_of(*entry.connection);
    if (interest != entry.interest) {
        reactor()->modifyFd(key(), entry.connection->socket(), interest, Tag(id));
        entry.interest = interest;
    }
    if (entry.connection->is_queued()) return;  // it waits for us, and its turn will settle the rest
    // Never before the next step of the timer, so that on_time() comes to an end.
    const auto due = entry.connection->deadline();
    deadlines_.set(id, entry.place, std::max(due, context_.now + kTimerStep));
    arm();
}

void EdgeTransport::close(Entries::iterator at) {
    const auto connection = std::move(at->second.connection);
    deadlines_.forget(at->second.place);
    note_stream(at->first, at->second, false);
    entries_.erase(at);
    try {
        reactor()->removeFd(key(), connection->socket());
    } catch (const std::exception&) {
        // Closing the socket takes it out of the poller as well, unless a forked process still shares it.
    }
}

void EdgeTransport::note_stream(std::uint64_t id, Entry& entry, bool is_stream) {
    if (entry.is_stream == is_stream) return;
    if (is_stream) {
        streams_.insert(id);
    } else {
        streams_.erase(id);
    }
    entry.is_stream = is_stream;
    context_.counters.open_streams.store(streams_.size(), std::memory_order_relaxed);
}

void EdgeTransport::arm() {
    if (deadlines_.first() >= armed_) return;
    armed_ = deadlines_.first();
    const auto at = armed_.time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at);
    itimerspec spec{};
    spec.it_value.tv_sec = seconds.count();
    spec.it_value.tv_nsec = std::chrono::nanoseconds(at - seconds).count();
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &spec, nullptr);
}

void EdgeTransport::on_time() {
    std::uint64_t ignored = 0;
    if (::read(timer_.get(), &ignored, sizeof ignored) < 0) return;
    armed_ = Connection::TimePoint::max();
    while (const auto id = deadlines_.due(context_.now)) {
        const auto at = entries_.find(*id);
        deadlines_.forget(at->second.place);
        tell(at, [](Connection& connection) { connection.on_time(); });
    }
    arm();
}

/// Letters may beget letters (an answer frees the next pipelined request), so it goes on until there are none.
void EdgeTransport::read_letters() {
    const auto open = [this](Letter& letter) {
        std::visit([this](auto& content) { open_letter(std::move(content)); }, letter);
    };
    while (context_.mailbox->open_all(open)) {
    }
}

void EdgeTransport::open_letter(Arrival&& arrival) {
    if (context_.is_draining) return;
    EdgeCounters::count(context_.counters.accepted);
    try {
        const auto id = next_id_++;
        auto connection = std::make_shared<Connection>(id, std::move(arrival), context_);
        reactor()->registerFd(key(), connection->socket(), NotifyOn::Read, Tag(id));
        tell(entries_.emplace(id, Entry{.connection = std::move(connection), .interest = NotifyOn::Read}).first,
             [](Connection&) {});
    } catch (const std::exception&) {
        // Out of memory or of poller places: this client is closed, the others live on.
    }
}

void EdgeTransport::open_letter(LateAnswer&& late) {
    const auto connection = late.connection.lock();
    const auto at = connection ? entries_.find(connection->id()) : entries_.end();
    if (at == entries_.end()) return EdgeCounters::count(context_.counters.late_answers);
    tell(at, [&](Connection& told) { told.on_answer(late.exchange, std::move(late.response)); });
}

void EdgeTransport::open_letter(DrainWish&&) {
    context_.is_draining = true;
    for (auto at = entries_.begin(); at != entries_.end();) {
        tell(at++, [](Connection& connection) { connection.on_drain(); });
    }
}

void EdgeTransport::open_letter(StreamNews&&) {
    for (auto next = streams_.begin(); next != streams_.end();) {
        const auto at = entries_.find(*next++);  // a stream that ends leaves the set
        tell(at, [](Connection& connection) { connection.on_stream_news(); });
    }
}

}  // namespace treasurer::http
