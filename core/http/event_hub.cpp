#include "http/event_hub.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "auth/revoked_token.hpp"
#include "records/user.hpp"
#include "runtime/json_string.hpp"

namespace treasurer::http {
namespace {

constexpr std::array<std::string_view, 6> shown_collections{"invoices", "payments", "approvals",
                                                            "vendors",  "policy",   "breaks"};

bool is_shown(std::string_view collection) {
    return std::find(shown_collections.begin(), shown_collections.end(), collection) != shown_collections.end();
}

void append_json(std::string& out, const Event& event) {
    out += R"({"type":"change","collection":")" + event.collection + R"(","id":)";
    append_json_string(out, event.id);
    out += R"(,"version":)" + std::to_string(event.seq) + '}';
}

}  // namespace

std::vector<Event> events_of(const std::vector<atr::Record>& records) {
    std::vector<Event> out;
    for (const auto& record : records)
        if (is_shown(record.collection)) out.push_back({record.version, record.collection, record.key});
    return out;
}

std::string json_of(const std::vector<Event>& events, std::uint64_t after) {
    std::string out;
    for (const auto& event : events) {
        if (event.seq <= after) continue;
        if (!out.empty()) out += ',';
        append_json(out, event);
    }
    return out;
}

std::string sse_of(const std::vector<Event>& events, std::uint64_t after) {
    std::string out;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (events[i].seq <= after) continue;
        const bool ends_commit = i + 1 == events.size() || events[i + 1].seq != events[i].seq;
        out += "event: change\n";
        if (ends_commit) out += "id: " + std::to_string(events[i].seq) + '\n';
        out += "data: ";
        append_json(out, events[i]);
        out += "\n\n";
    }
    return out;
}

std::shared_ptr<const StreamPart> EventBatch::text_after(std::uint64_t after) const {
    return after < events_.front().seq ? text_ : StreamPart::of(sse_of(events_, after));
}

std::optional<EventHub::Place> EventHub::place() const {
    const std::lock_guard lock(mutex_);
    return has_begun_ ? std::optional(place_) : std::nullopt;
}

EventHub::Found EventHub::after(std::uint64_t cursor, std::uint64_t generation) const {
    const std::lock_guard lock(mutex_);
    if (generation != place_.generation || cursor < place_.floor) return {nullptr, place_.position, true};
    const auto next = std::upper_bound(batches_.begin(), batches_.end(), cursor,
                                       [](std::uint64_t known, const auto& batch) { return known < batch->last(); });
    // A listener that comes from a host which is further keeps its place.
    if (next == batches_.end()) return {nullptr, std::max(cursor, place_.position), false};
    return {*next, (*next)->last(), false};
}

std::shared_ptr<const StreamPart> EventHub::heartbeat(std::uint64_t cursor) const {
    const std::lock_guard lock(mutex_);
    if (cursor != place_.position) return StreamPart::of(":\n\n");
    if (!heartbeat_) heartbeat_ = StreamPart::of(":\nid: " + std::to_string(place_.position) + "\n\n");
    return heartbeat_;
}

bool EventHub::is_signed_out(std::uint64_t& seen, std::string_view user, std::string_view token_id) const {
    const std::lock_guard lock(mutex_);
    const auto missed = sign_outs_ - std::exchange(seen, sign_outs_);
    if (missed == 0) return false;
    if (missed > signed_out_.size()) return true;  // too many to know: whoever is still allowed comes again
    return std::any_of(signed_out_.end() - static_cast<std::ptrdiff_t>(missed), signed_out_.end(),
                       [&](const SignOut& known) { return known.id == user || known.id == token_id; });
}

std::uint64_t EventHub::sign_outs_until(ResponseStream::TimePoint moment) const {
    const std::lock_guard lock(mutex_);
    const auto later = std::count_if(signed_out_.begin(), signed_out_.end(),
                                     [&](const SignOut& known) { return known.heard > moment; });
    return sign_outs_ - static_cast<std::uint64_t>(later);
}

void EventHub::on_news(std::function<void()> wake) {
    const std::lock_guard lock(wake_mutex_);
    wake_ = std::move(wake);
}

void EventHub::wake() {
    const std::lock_guard lock(wake_mutex_);
    if (wake_) wake_();
}

void EventHub::changed(std::uint64_t after, const std::vector<atr::Record>& records, std::uint64_t last) {
    auto events = events_of(records);
    const auto batch = events.empty() ? nullptr : std::make_shared<const EventBatch>(std::move(events));
    bool is_news = batch != nullptr;
    {
        const std::lock_guard lock(mutex_);
        if (!has_begun_ || after != place_.position) {
            begin_anew(last);
            is_news = true;
        } else {
            if (last != place_.position) heartbeat_.reset();
            place_.position = last;
            if (batch) keep(batch);
        }
        for (const auto& record : records) {
            if (record.collection != User::collection && record.collection != auth::RevokedToken::collection) continue;
            signed_out_.push_back({record.key, std::chrono::steady_clock::now()});
            if (signed_out_.size() > settings_.kept_sign_outs) signed_out_.pop_front();
            ++sign_outs_;
            is_news = true;
        }
    }
    if (is_news) wake();
}

void EventHub::lost_track(std::uint64_t last) {
    {
        const std::lock_guard lock(mutex_);
        begin_anew(last);
    }
    wake();
}

void EventHub::begin_anew(std::uint64_t last) {
    batches_.clear();
    events_ = 0;
    heartbeat_.reset();
    place_ = {.position = last, .floor = last, .generation = place_.generation + 1};
    has_begun_ = true;
}

void EventHub::keep(std::shared_ptr<const EventBatch> batch) {
    events_ += batch->events().size();
    batches_.push_back(std::move(batch));
    while (events_ > settings_.kept_events && batches_.size() > 1) {
        events_ -= batches_.front()->events().size();
        place_.floor = batches_.front()->last();
        batches_.pop_front();
    }
}

}  // namespace treasurer::http
