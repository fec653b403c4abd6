#include "http/admission.hpp"

#include <algorithm>

namespace treasurer::http {
namespace {

/// While both wait: a read takes about so much less work than a payment.
constexpr unsigned kReadsForAWrite = 8;
constexpr std::size_t kLongestRetryS = 30;

}  // namespace

Admission::Admission(AdmissionSettings settings)
    : settings_(settings), lanes_{Lane(settings), Lane(settings)}, fresh_(settings.fresh) {}

std::size_t Admission::free_places(TimePoint now) {
    const auto taken = fresh_.within(now);
    return taken < settings_.at_once ? settings_.at_once - taken : 0;
}

bool Admission::admits(WorkKind kind, std::size_t waiting, TimePoint now) {
    const std::lock_guard lock(mutex_);
    auto& of = lane(kind);
    if (of.came_lately.within(now) == 0) of.rest_ended = now;
    of.came_lately.add(now);
    return waiting < free_places(now) + most_waiting(of, now);
}

std::size_t Admission::most_waiting(Lane& of, TimePoint now) const {
    const std::size_t known = std::max(settings_.burst, of.began.within(now));
    return now - of.rest_ended < settings_.target ? std::max(settings_.herd, known) : known;
}

bool Admission::may_begin(TimePoint now) {
    const std::lock_guard lock(mutex_);
    return free_places(now) > 0;
}

std::optional<WorkKind> Admission::next(bool reads_wait, bool writes_wait, TimePoint now) {
    const std::lock_guard lock(mutex_);
    if ((!reads_wait && !writes_wait) || free_places(now) == 0) return std::nullopt;
    const bool is_write = writes_wait && (!reads_wait || reads_in_a_row_ >= kReadsForAWrite);
    reads_in_a_row_ = is_write ? 0 : reads_in_a_row_ + 1;
    return is_write ? WorkKind::write : WorkKind::read;
}

Admission::Turn Admission::begin(WorkKind kind, TimePoint now) {
    const std::lock_guard lock(mutex_);
    lane(kind).began.add(now);
    lane(kind).began_lately.add(now);
    return {*this, fresh_.add(now)};
}

void Admission::ended(std::int64_t mark, TimePoint now) {
    const std::lock_guard lock(mutex_);
    fresh_.take_back(mark, now);
}

unsigned Admission::retry_after_s(WorkKind kind, TimePoint now) {
    const std::lock_guard lock(mutex_);
    const auto began = lane(kind).began_lately.within(now);
    const auto came = lane(kind).came_lately.within(now);
    if (began == 0) return 1;
    return static_cast<unsigned>(std::clamp<std::size_t>((came + began - 1) / began, 1, kLongestRetryS));
}

}  // namespace treasurer::http
