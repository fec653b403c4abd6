/// The refusal of a request for want of time: as cheap as a refusal can be, and told in numbers instead of lines.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "http/admission.hpp"
#include "http/message.hpp"
#include "observe/log.hpp"
#include "observe/metrics.hpp"

namespace treasurer::http {

/// Threads: any. What it is given outlives it.
class Shedder {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    Shedder(observe::Metrics& metrics, observe::Log& log);

    /// The 503 for one request. Counts it; a line with their number goes to the log at most once a second.
    Response refuse(WorkKind kind, std::string_view request_id, unsigned retry_after_s, TimePoint now);

private:
    void count(WorkKind kind, TimePoint now);

    observe::Log& log_;
    std::string before_id_, after_id_;  ///< the body, but for the request's id
    std::array<observe::Counter*, 2> shed_;
    std::mutex mutex_;
    std::array<std::uint64_t, 2> untold_{};
    TimePoint told_ = {};
};

}  // namespace treasurer::http
