#include "plugin/plugin_call.hpp"

#include <algorithm>

namespace treasurer {

namespace {

constexpr std::chrono::hours longest_wait{24};

/// True when the plugin, or what stands behind it, does not work; a "no" to what was asked is not that.
bool says_it_cannot(const CallEnd& end) {
    if (end.outcome == atr::Outcome::unknown) return true;
    return end.outcome == atr::Outcome::retry &&
           (end.code == ATR_E_UNREACHABLE || end.code == ATR_E_TIMEOUT || end.code == ATR_E_INTERNAL);
}

std::chrono::microseconds since(PluginCall::Steady::time_point start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(PluginCall::Steady::now() - start);
}

}  // namespace

PluginCall::PluginCall(const Operation& operation, CallOptions options, const Clock& clock)
    : operation_(operation),
      options_(std::move(options)),
      made_(Steady::now()),
      due_(made_ + std::clamp<Steady::duration>(options_.timeout, Steady::duration::zero(), longest_wait)) {
    const auto timeout = std::chrono::duration_cast<Millis>(due_ - made_);
    context_.owner = this;
    context_.raw.struct_size = sizeof(atr_call);
    context_.raw.attempt = options_.attempt;
    context_.raw.deadline_unix_ms = clock.unix_ms() + timeout.count();
    context_.raw.request_id = atr::borrow(options_.request_id);
    context_.raw.traceparent = atr::borrow(options_.traceparent);
    context_.raw.cancelled = [](const atr_call* call) noexcept -> std::int32_t {
        const auto state = reinterpret_cast<const Context*>(call)->owner->state_.load(std::memory_order_relaxed);
        return state == State::running ? 0 : 1;
    };
}

void PluginCall::tell(CircuitBreaker& breaker, bool failed) const {
    if (operation_.passes_breaker) return;
    if (failed)
        breaker.failed(Steady::now());
    else
        breaker.succeeded();
}

void PluginCall::note(FailureLog& failures, const atr::Error& error) const {
    failures.note(operation_.name, options_.request_id, error, Steady::now());
}

void PluginCall::run(CallBook book, const Clock& clock) {
    const auto now = Steady::now();
    if (now >= due_) return expire(book);
    if (options_.start_within > Millis{0} && now - made_ > options_.start_within)
        return refuse(book.counters, atr::retry(ATR_E_OVERLOADED, std::string(operation_.name) +
                                                                      ": it waited too long for a free thread"));
    State expected = State::queued;
    if (!state_.compare_exchange_strong(expected, State::running)) return;
    context_.raw.now_unix_ms = clock.unix_ms();
    const CallEnd end = invoke(context_.raw);
    expected = State::running;
    if (!state_.compare_exchange_strong(expected, State::done)) return book.counters.late(operation_);
    book.counters.finished(operation_, end.outcome, since(made_));
    tell(book.breaker, says_it_cannot(end));
    if (end.failure != nullptr) note(book.failures, *end.failure);
    in_time_ = true;
}

void PluginCall::answer() noexcept {
    if (in_time_) give();
}

void PluginCall::expire(CallBook book) {
    State expected = State::queued;
    if (state_.compare_exchange_strong(expected, State::expired)) {
        book.counters.expired(operation_);
        tell(book.breaker, true);
        auto error =
            atr::retry(ATR_E_TIMEOUT, std::string(operation_.name) + ": no thread was free before the deadline");
        note(book.failures, error);
        return give(std::move(error));
    }
    expected = State::running;
    if (!state_.compare_exchange_strong(expected, State::abandoned)) return;
    book.counters.abandoned(operation_);
    tell(book.breaker, true);
    atr::Error error{.outcome = operation_.on_timeout,
                     .code = ATR_E_TIMEOUT,
                     .message = std::string(operation_.name) + ": the plugin did not answer before the deadline"};
    note(book.failures, error);
    give(std::move(error));
}

void PluginCall::refuse(OperationCounters& counters, atr::Error error) {
    State expected = State::queued;
    if (!state_.compare_exchange_strong(expected, State::expired)) return;
    counters.overloaded(operation_);
    give(std::move(error));
}

}  // namespace treasurer
