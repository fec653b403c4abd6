/// The newest changes of the store, kept in memory for whoever listens to them.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/change_listener.hpp"
#include "http/response_stream.hpp"

namespace treasurer::http {

/// That a record was changed by the commit `seq`: which, never what it is now.
struct Event {
    std::uint64_t seq = 0;
    std::string collection;
    std::string id;
};

/// Those of the feed's records that listeners are told of: no keys, claims, sums, users.
std::vector<Event> events_of(const std::vector<atr::Record>& records);

/// {"type":"change","collection":"payments","id":"…","version":7}, joined by commas.
std::string json_of(const std::vector<Event>& events, std::uint64_t after);
/// As server-sent events. Only the last one of a commit carries an id: who was cut off within a commit is told of all
/// of it again.
std::string sse_of(const std::vector<Event>& events, std::uint64_t after);

/// The events of some whole commits, and their text, made once.
class EventBatch {
public:
    explicit EventBatch(std::vector<Event> events)
        : events_(std::move(events)), text_(StreamPart::of(sse_of(events_, 0))) {}

    std::uint64_t last() const { return events_.back().seq; }
    const std::vector<Event>& events() const { return events_; }
    /// What a listener is sent who knows all up to `after`.
    std::shared_ptr<const StreamPart> text_after(std::uint64_t after) const;

private:
    std::vector<Event> events_;
    std::shared_ptr<const StreamPart> text_;
};

struct EventHubSettings {
    std::size_t kept_events = 10'000;  ///< at least the newest batch is kept
    std::size_t kept_sign_outs = 1024;
};

/// Threads: every method may be called concurrently; the lock is held for a look-up. Memory is bounded by the settings.
class EventHub final : public cache::ChangeListener {
public:
    explicit EventHub(EventHubSettings settings = {}) : settings_(settings) {}

    /// Where the hub stands. Listeners that know all up to something between `floor` and `position` miss nothing.
    struct Place {
        std::uint64_t position = 0;    ///< the newest commit known
        std::uint64_t floor = 0;       ///< events after it are kept
        std::uint64_t generation = 0;  ///< another one: what lay in between is unknown
    };
    /// nullopt: the feed has not been read yet.
    std::optional<Place> place() const;

    /// Events in memory, at most about settings.kept_events.
    std::size_t kept() const {
        const std::lock_guard lock(mutex_);
        return events_;
    }

    struct Found {
        std::shared_ptr<const EventBatch> batch;  ///< null: nothing new
        std::uint64_t position = 0;               ///< known with it
        bool is_gap = false;                      ///< something between `cursor` and `position` is not known any more
    };
    /// The next there is for one who knows all up to `cursor`, which counted in `generation`.
    Found after(std::uint64_t cursor, std::uint64_t generation) const;
    /// What keeps an idle listener's connection alive, and tells one who knows all up to `cursor` how far that is.
    std::shared_ptr<const StreamPart> heartbeat(std::uint64_t cursor) const;

    /// Whether this token was signed out, or its user changed, since the count was `seen`, which is moved on.
    bool is_signed_out(std::uint64_t& seen, std::string_view user, std::string_view token_id) const;
    /// The count as it was at `moment`.
    std::uint64_t sign_outs_until(ResponseStream::TimePoint moment) const;

    /// Called before a listener is sent events, with its user. Set before there are any.
    void on_telling(std::function<void(std::string_view user)> tells) { tells_ = std::move(tells); }
    void tells(std::string_view user) const {
        if (tells_) tells_(user);
    }

    /// Called on the follower's thread after each change that listeners want to know of; null: nothing is called. When
    /// it returns, no call of the one before is under way.
    void on_news(std::function<void()> wake);

    void changed(std::uint64_t after, const std::vector<atr::Record>& records, std::uint64_t last) override;
    void lost_track(std::uint64_t last) override;

private:
    void begin_anew(std::uint64_t last);
    void keep(std::shared_ptr<const EventBatch> batch);
    void wake();

    const EventHubSettings settings_;
    mutable std::mutex mutex_;
    std::deque<std::shared_ptr<const EventBatch>> batches_;
    std::size_t events_ = 0;
    bool has_begun_ = false;
    Place place_;
    struct SignOut {
        std::string id;  ///< of a token or a user
        ResponseStream::TimePoint heard;
    };
    std::deque<SignOut> signed_out_;  ///< the newest last
    std::uint64_t sign_outs_ = 0;
    mutable std::shared_ptr<const StreamPart> heartbeat_;
    std::function<void(std::string_view user)> tells_;
    std::mutex wake_mutex_;
    std::function<void()> wake_;
};

}  // namespace treasurer::http
