/// What plugin calls that failed say to the log: one line for each cause in ten seconds, however often it happens.
/// Threads: any.
#pragma once

#include <atr/result.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace treasurer {

/// One line. The texts are borrowed for the call.
struct CallFailure {
    std::string_view instance, operation, request_id;
    const atr::Error& error;
    std::uint64_t left_out;  ///< failures of the same cause since the line before
};

class FailureLog {
public:
    using Time = std::chrono::steady_clock::time_point;
    using Sink = std::function<void(const CallFailure&)>;
    static constexpr std::chrono::seconds pause{10};
    static constexpr std::size_t max_causes = 64;  ///< beyond it, what is new shares one line

    FailureLog(std::string instance, Sink sink) : instance_(std::move(instance)), sink_(std::move(sink)) {}

    /// A cause is the operation with outcome, code and vendor code; texts may name one record and differ each time.
    void note(std::string_view operation, std::string_view request_id, const atr::Error& error, Time now);

private:
    struct Cause {
        Time told{};
        std::uint64_t left_out = 0;
        bool known = false;
    };

    const std::string instance_;
    const Sink sink_;
    std::mutex mutex_;
    std::map<std::string, Cause> causes_;
};

/// Whether a call's end is a failure to tell of: "not found", "conflict" and "unsupported" are answers.
inline bool is_failure(atr::Outcome outcome) {
    return outcome == atr::Outcome::retry || outcome == atr::Outcome::unknown || outcome == atr::Outcome::rejected;
}

/// The ATR_E_* code as one word, for logs and health: "unreachable". A code of no name is "other".
std::string_view code_name(std::int32_t code);

}  // namespace treasurer
