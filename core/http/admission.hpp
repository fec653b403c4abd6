/// Whether a request may still come in, and which one begins next: what keeps the wait of those that are let in short
/// when more is asked of a host than it can do.
///
/// Two things bound it. Few requests are worked on at once, so that each of them is quick; the others wait for their
/// turn with their work not begun. And of each kind no more may wait than began in the last `target`: whoever is let in
/// has its turn in about that time, whatever that host can do just now. What has waited twice as long all the same,
/// because the host became slower, is refused when its turn comes. Of a host at rest nobody knows what it can do: what
/// comes to it all at once waits, for as long as the same bound lets it.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include "http/recent_count.hpp"

namespace treasurer::http {

/// Reads and what changes something wait apart, so that neither starves behind the other.
enum class WorkKind : std::uint8_t { read, write };

struct AdmissionSettings {
    std::chrono::milliseconds target{100};  ///< how long a request may have to wait for its turn
    std::size_t at_once = 64;               ///< requests worked on at once, of those that began within `fresh`
    std::chrono::milliseconds fresh{500};   ///< what takes longer waits for others, such as a rail, and counts no more
    std::size_t burst = 16;                 ///< of each kind so many may wait in any case
    std::size_t herd = 256;                 ///< and so many in the first `target` after a second in which none came
};

/// Threads: any. Times come from the caller and hardly ever go back.
class Admission {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// A place among those that are worked on. One that is dropped counts until it is not fresh any more.
    /// Lifetime: the admission outlives it.
    class Turn {
    public:
        Turn() = default;
        Turn(Turn&& other) noexcept : admission_(std::exchange(other.admission_, nullptr)), mark_(other.mark_) {}
        Turn& operator=(Turn&& other) noexcept {
            std::swap(admission_, other.admission_);
            std::swap(mark_, other.mark_);
            return *this;
        }
        ~Turn() = default;
        bool is_held() const { return admission_ != nullptr; }
        void end(TimePoint now) {
            if (auto* const admission = std::exchange(admission_, nullptr)) admission->ended(mark_, now);
        }

    private:
        friend class Admission;
        Turn(Admission& admission, std::int64_t mark) : admission_(&admission), mark_(mark) {}
        Admission* admission_ = nullptr;
        std::int64_t mark_ = 0;
    };

    explicit Admission(AdmissionSettings settings);

    /// One more of a kind comes, of which `waiting` wait. False: it is refused.
    bool admits(WorkKind kind, std::size_t waiting, TimePoint now);
    /// That something has waited too long to be worth beginning.
    bool is_late(TimePoint::duration waited) const { return waited > 2 * settings_.target; }
    bool may_begin(TimePoint now);
    /// Of which kind one begins now; nullopt: none, because none waits or enough are worked on.
    std::optional<WorkKind> next(bool reads_wait, bool writes_wait, TimePoint now);
    Turn begin(WorkKind kind, TimePoint now);
    /// Seconds after which those that are refused now may come again without being too many again, 1 to 30.
    unsigned retry_after_s(WorkKind kind, TimePoint now);

private:
    struct Lane {
        explicit Lane(const AdmissionSettings& settings)
            : began(settings.target), came_lately(kSecond), began_lately(kSecond) {}
        RecentCount began;                      ///< within the target
        RecentCount came_lately, began_lately;  ///< within a second
        TimePoint rest_ended;                   ///< when one came after a second without any
    };
    static constexpr std::chrono::milliseconds kSecond{1000};

    Lane& lane(WorkKind kind) { return lanes_[static_cast<std::size_t>(kind)]; }
    std::size_t free_places(TimePoint now);
    std::size_t most_waiting(Lane& of, TimePoint now) const;
    void ended(std::int64_t mark, TimePoint now);

    const AdmissionSettings settings_;
    std::mutex mutex_;
    std::array<Lane, 2> lanes_;
    RecentCount fresh_;
    unsigned reads_in_a_row_ = 0;
};

}  // namespace treasurer::http
