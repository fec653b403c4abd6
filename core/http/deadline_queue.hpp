/// Whose time is up first: one moment for each of many, kept in order.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>

namespace treasurer::http {

/// A moment costs a place in an ordered map only when it comes nearer. One that moves away, as it does with every byte
/// of a busy client, stays where it is: whoever is due asks what the moment is by now, and sets it anew.
/// Threads: one.
class DeadlineQueue {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    using Places = std::multimap<TimePoint, std::uint64_t>;
    /// Where one stands in the queue; belongs to whoever is queued.
    class Place {
        friend class DeadlineQueue;
        std::optional<Places::iterator> at_;
    };

    /// `id` is due at `moment`, or earlier if it already was. TimePoint::max(): it changes nothing.
    void set(std::uint64_t id, Place& place, TimePoint moment) {
        if (moment == TimePoint::max() || (place.at_ && (*place.at_)->first <= moment)) return;
        if (!place.at_) {
            place.at_ = places_.emplace(moment, id);
            return;
        }
        auto node = places_.extract(*place.at_);
        node.key() = moment;
        place.at_ = places_.insert(std::move(node));
    }
    void forget(Place& place) {
        if (place.at_) places_.erase(*place.at_);
        place.at_.reset();
    }
    TimePoint first() const { return places_.empty() ? TimePoint::max() : places_.begin()->first; }
    /// Whose moment has come; it stands there until it is forgotten.
    std::optional<std::uint64_t> due(TimePoint now) const {
        if (places_.empty() || places_.begin()->first > now) return std::nullopt;
        return places_.begin()->second;
    }
    std::size_t size() const { return places_.size(); }

private:
    Places places_;
};

}  // namespace treasurer::http
