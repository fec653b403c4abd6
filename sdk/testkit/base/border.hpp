/// The kit's side of the border: watches the rules that hold in every call. Callbacks from the plugin cannot throw
/// through its frames, so what they find is kept and thrown by the next look.
#pragma once

#include <atr/plugin.hpp>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/check.hpp"
#include "base/utf8.hpp"

namespace atr::testkit {

/// How a call ended: the Error of result.hpp, for OK too.
using Answer = atr::Error;

/// "conflict, code 103: the counter would leave its bounds".
std::string to_text(const Answer& answer);

class Border {
public:
    explicit Border(Note& note) : note_(note) {}
    Border(const Border&) = delete;
    Border& operator=(const Border&) = delete;

    /// Calls a plugin function: gives it its context, and judges its outcome and error. `function` is for reports.
    /// Throws Failure when a rule that holds in every call was broken.
    Answer call(const char* function, const std::function<atr_outcome(const atr_call*, atr_error*)>& body,
                std::int64_t budget_ms = 20'000);

    /// Keeps the first breach of a rule; any thread, also inside a callback.
    void breach(std::string_view code, std::string expected, std::string seen) noexcept;
    /// Throws the breach that was kept, if any.
    void look() const;
    std::uint64_t calls() const { return calls_; }

private:
    Note& note_;
    std::atomic<std::uint64_t> calls_{0};
    mutable std::mutex mutex_;
    std::optional<Failure> first_;
};

/// The answer of a call that had to end in OK.
void need_ok(const Answer& answer, const std::string& what);
/// The value, or a Failure that says what was asked.
template <class T>
T need(atr::Result<T> result, const std::string& what) {
    if (!result) fail(what + ": ok", to_text(result.error()));
    return std::move(*result);
}
/// The call had to be refused with one of the outcomes that mean "not applied".
void need_refused(const Answer& answer, const std::string& what);
void need_outcome(const Answer& answer, atr::Outcome wanted, const std::string& what, std::int32_t code = ATR_E_UNSPEC);

/// A sink with a limit. Appending again after it said stop breaks a rule.
class Collector {
public:
    explicit Collector(Border& border, std::size_t limit = std::size_t{64} << 20) : border_(border), limit_(limit) {
        sink_ = {this, &append};
    }
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;
    atr_buf* sink() { return &sink_; }
    bool full() const { return full_; }
    std::string bytes;

private:
    static std::int32_t append(void* ctx, const void* from, std::size_t length) noexcept;
    Border& border_;
    std::size_t limit_;
    bool full_ = false;
    atr_buf sink_{};
};

}  // namespace atr::testkit
