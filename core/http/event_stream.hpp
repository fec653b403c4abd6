/// One listener's answer: server-sent events until it leaves, or the one answer of a long poll.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "http/event_hub.hpp"
#include "http/response_stream.hpp"

namespace treasurer::http {

/// Who listens, and how long it may: its token may be signed out, or its user changed, at any time.
struct Listener {
    std::string user;
    std::string token_id;
    std::uint64_t seen_sign_outs = 0;      ///< before the token was checked
    ResponseStream::TimePoint until = {};  ///< the end of the token, or of the wait
};

/// Where a listener begins.
struct ListenFrom {
    std::uint64_t cursor = 0;  ///< it knows all up to there
    std::uint64_t generation = 0;
    bool is_reset = false;     ///< it is told that it does not know all
    std::string backlog = {};  ///< older events, already text
    bool comes_again = false;  ///< the backlog is not all: it ends there, and the client goes on with a new request
};

/// Tells everything after `from`, a heartbeat where there is nothing, and "reset" where something is not known any
/// more; ends when the listener may not listen longer, or the hub had lost track. See ResponseStream for threads.
class EventStream final : public ResponseStream {
public:
    static constexpr std::chrono::seconds heartbeat_interval{15};

    EventStream(std::shared_ptr<const EventHub> hub, Listener listener, ListenFrom from, TimePoint now);

    std::shared_ptr<const StreamPart> next(TimePoint now) override;
    bool has_ended() const override { return has_ended_; }
    TimePoint due() const override;

private:
    std::shared_ptr<const StreamPart> news();

    const std::shared_ptr<const EventHub> hub_;
    Listener listener_;
    std::uint64_t cursor_;
    const std::uint64_t generation_;
    std::shared_ptr<const StreamPart> first_;
    bool ends_then_;
    TimePoint heartbeat_at_;
    bool has_ended_ = false;
};

/// {"events":[…],"next":N,"reset":false} as soon as there is an event after `from`, or empty when the time is up.
class EventPoll final : public ResponseStream {
public:
    EventPoll(std::shared_ptr<const EventHub> hub, Listener listener, ListenFrom from)
        : hub_(std::move(hub)), listener_(std::move(listener)), cursor_(from.cursor), generation_(from.generation) {}

    static std::string answer(const std::string& events, std::uint64_t next, bool is_reset);

    std::shared_ptr<const StreamPart> next(TimePoint now) override;
    bool has_ended() const override { return has_ended_; }
    TimePoint due() const override { return has_ended_ ? TimePoint::max() : listener_.until; }

private:
    const std::shared_ptr<const EventHub> hub_;
    Listener listener_;
    const std::uint64_t cursor_, generation_;
    bool has_ended_ = false;
};

}  // namespace treasurer::http
