#include "http/event_stream.hpp"

#include <algorithm>
#include <utility>

namespace treasurer::http {
namespace {

/// After how long a client that lost its stream comes again, and how far it has come: also that it is listening now.
std::string greeting(std::uint64_t cursor) {
    return "retry: 2000\nid: " + std::to_string(cursor) + "\n\n";
}

std::string reset_event(std::uint64_t position) {
    const auto at = std::to_string(position);
    return "event: reset\nid: " + at + "\ndata: {\"type\":\"reset\",\"version\":" + at + "}\n\n";
}

std::shared_ptr<const StreamPart> first_part(const ListenFrom& from) {
    if (from.is_reset) return StreamPart::of(greeting(from.cursor) + reset_event(from.cursor));
    if (from.backlog.empty()) return StreamPart::of(greeting(from.cursor));
    // The events carry their ids; saying how far they reach at their end counts for a client that got all of them.
    return StreamPart::of(from.backlog + greeting(from.cursor));
}

}  // namespace

EventStream::EventStream(std::shared_ptr<const EventHub> hub, Listener listener, ListenFrom from, TimePoint now)
    : hub_(std::move(hub)),
      listener_(std::move(listener)),
      cursor_(from.cursor),
      generation_(from.generation),
      first_(first_part(from)),
      ends_then_(from.comes_again),
      heartbeat_at_(now + heartbeat_interval) {}

EventStream::TimePoint EventStream::due() const {
    return has_ended_ ? TimePoint::max() : std::min(heartbeat_at_, listener_.until);
}

std::shared_ptr<const StreamPart> EventStream::next(TimePoint now) {
    if (has_ended_) return nullptr;
    if (now >= listener_.until || hub_->is_signed_out(listener_.seen_sign_outs, listener_.user, listener_.token_id)) {
        has_ended_ = true;
        return nullptr;
    }
    auto part = first_ ? std::exchange(first_, nullptr) : news();
    if (!part && now >= heartbeat_at_) part = hub_->heartbeat(cursor_);
    if (part) heartbeat_at_ = now + heartbeat_interval;
    return part;
}

std::shared_ptr<const StreamPart> EventStream::news() {
    if (ends_then_) {
        has_ended_ = true;
        return nullptr;
    }
    const auto found = hub_->after(cursor_, generation_);
    if (found.is_gap) {
        // Sign-outs may have been missed as well, so that a listener of another generation has to come again.
        const auto place = hub_->place();
        ends_then_ = !place || place->generation != generation_;
        cursor_ = found.position;
        hub_->tells(listener_.user);
        return StreamPart::of(reset_event(cursor_));
    }
    const auto known = std::exchange(cursor_, found.position);
    if (found.batch) hub_->tells(listener_.user);
    return found.batch ? found.batch->text_after(known) : nullptr;
}

std::string EventPoll::answer(const std::string& events, std::uint64_t next, bool is_reset) {
    return R"({"events":[)" + events + R"(],"next":)" + std::to_string(next) + R"(,"reset":)" +
           (is_reset ? "true}" : "false}");
}

std::shared_ptr<const StreamPart> EventPoll::next(TimePoint now) {
    if (has_ended_) return nullptr;
    const bool is_signed_out = hub_->is_signed_out(listener_.seen_sign_outs, listener_.user, listener_.token_id);
    const auto found = hub_->after(cursor_, generation_);
    const bool has_news = found.batch || found.is_gap;
    if (!is_signed_out && !has_news && now < listener_.until) return nullptr;
    has_ended_ = true;
    if (is_signed_out || !has_news) return StreamPart::of(answer("", cursor_, false));
    hub_->tells(listener_.user);
    if (found.is_gap) return StreamPart::of(answer("", found.position, true));
    return StreamPart::of(answer(json_of(found.batch->events(), cursor_), found.position, false));
}

}  // namespace treasurer::http
