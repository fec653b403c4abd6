/// Where requests wait whose work has not begun, in the order in which they came, each kind apart.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "http/admission.hpp"

namespace treasurer::http {

/// Threads: any. `admission` outlives it.
template <class Waiting>
class WaitingRoom {
public:
    using TimePoint = Admission::TimePoint;

    /// One that leaves. Without a turn it waited too long, and is to be refused.
    struct Leaving {
        Waiting waiting;
        WorkKind kind;
        Admission::Turn turn;
    };

    WaitingRoom(Admission& admission, std::function<TimePoint()> now) : admission_(admission), now_(std::move(now)) {}

    /// nullopt: it waits. Otherwise it is refused, and given back.
    std::optional<Waiting> enter(WorkKind kind, Waiting waiting) {
        const auto now = now_();
        const std::lock_guard lock(mutex_);
        auto& lane = lanes_[static_cast<std::size_t>(kind)];
        if (!admission_.admits(kind, lane.size(), now)) return std::optional<Waiting>(std::move(waiting));
        lane.push_back({std::move(waiting), now});
        ++size_;
        return std::nullopt;
    }

    /// Whose turn it is; nullopt: nobody's.
    std::optional<Leaving> leave() {
        const auto now = now_();
        const std::lock_guard lock(mutex_);
        for (const auto kind : {WorkKind::read, WorkKind::write}) {
            const auto& lane = lanes_[static_cast<std::size_t>(kind)];
            if (!lane.empty() && admission_.is_late(now - lane.front().since)) return take(kind, {});
        }
        const auto kind = admission_.next(!lanes_[0].empty(), !lanes_[1].empty(), now);
        if (!kind) return std::nullopt;
        return take(*kind, admission_.begin(*kind, now));
    }

    std::size_t size() const { return size_.load(); }

private:
    struct Seat {
        Waiting waiting;
        TimePoint since;
    };

    Leaving take(WorkKind kind, Admission::Turn turn) {
        auto& lane = lanes_[static_cast<std::size_t>(kind)];
        Leaving out{std::move(lane.front().waiting), kind, std::move(turn)};
        lane.pop_front();
        --size_;
        return out;
    }

    Admission& admission_;
    const std::function<TimePoint()> now_;
    std::mutex mutex_;
    std::array<std::deque<Seat>, 2> lanes_;
    std::atomic<std::size_t> size_{0};
};

}  // namespace treasurer::http
