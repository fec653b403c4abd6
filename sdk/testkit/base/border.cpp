#include "base/border.hpp"

#include <cxxabi.h>

#include <cstring>

namespace atr::testkit {

namespace {

std::int32_t never_cancelled(const atr_call*) {
    return 0;
}

/// What is wrong with the error a plugin filled, or nothing.
std::optional<std::string> fault_of(const atr_error& error) {
    if (strnlen(error.message, sizeof error.message) == sizeof error.message)
        return "a message without its ending zero byte";
    if (strnlen(error.vendor_code, sizeof error.vendor_code) == sizeof error.vendor_code)
        return "a vendor_code without its ending zero byte";
    if (!is_utf8(error.message) || !is_utf8(error.vendor_code)) return "a text that is not UTF-8";
    return std::nullopt;
}

}  // namespace

std::string to_text(const Answer& answer) {
    std::string out(atr::to_string(answer.outcome));
    if (answer.outcome == atr::Outcome::ok) return out;
    if (answer.code != ATR_E_UNSPEC) out += ", code " + std::to_string(answer.code);
    if (!answer.message.empty()) out += ": " + answer.message;
    return out;
}

Answer Border::call(const char* function, const std::function<atr_outcome(const atr_call*, atr_error*)>& body,
                    std::int64_t budget_ms) {
    ++calls_;
    note_.write(function);
    atr_call call = {};
    call.struct_size = sizeof call;
    call.attempt = 1;
    call.now_unix_ms = now_ms();
    call.deadline_unix_ms = call.now_unix_ms + budget_ms;
    call.request_id = atr::borrow("testkit");
    call.tenant = atr::borrow("default");
    call.cancelled = &never_cancelled;
    atr_error error = {};
    error.struct_size = sizeof error;
    error.retry_after_ms = -1;
    atr_outcome outcome = ATR_UNKNOWN;
    try {
        outcome = body(&call, &error);
    } catch (const abi::__forced_unwind&) {
        throw;
    } catch (const Failure&) {
        throw;
    } catch (const std::exception& thrown) {
        throw Failure{std::string(function) + " returns an outcome", std::string("it threw: ") + thrown.what(),
                      std::string(rule_exceptions)};
    } catch (...) {
        throw Failure{std::string(function) + " returns an outcome", "it threw something",
                      std::string(rule_exceptions)};
    }
    if (outcome < ATR_OK || outcome > ATR_UNSUPPORTED)
        throw Failure{std::string(function) + " returns an outcome from " + std::to_string(ATR_OK) + " to " +
                          std::to_string(ATR_UNSUPPORTED),
                      std::to_string(outcome), std::string(rule_outcomes)};
    if (const auto fault = fault_of(error))
        throw Failure{std::string(function) + " fills atr_error with whole texts", *fault, std::string(rule_errors)};
    look();
    return {.outcome = atr::to_outcome(outcome),
            .code = error.code,
            .message = error.message,
            .vendor_code = error.vendor_code,
            .retry_after_ms = error.retry_after_ms};
}

void Border::breach(std::string_view code, std::string expected, std::string seen) noexcept {
    const std::lock_guard lock(mutex_);
    if (!first_) first_ = Failure{std::move(expected), std::move(seen), std::string(code)};
}

void Border::look() const {
    const std::lock_guard lock(mutex_);
    if (first_) throw *first_;
}

void need_ok(const Answer& answer, const std::string& what) {
    need_outcome(answer, atr::Outcome::ok, what);
}

void need_refused(const Answer& answer, const std::string& what) {
    expect(answer.outcome == atr::Outcome::rejected || answer.outcome == atr::Outcome::conflict,
           what + ": rejected or conflict", to_text(answer));
}

void need_outcome(const Answer& answer, atr::Outcome wanted, const std::string& what, std::int32_t code) {
    std::string text(atr::to_string(wanted));
    if (code != ATR_E_UNSPEC) text += ", code " + std::to_string(code);
    expect(answer.outcome == wanted && (code == ATR_E_UNSPEC || answer.code == code), what + ": " + text,
           to_text(answer));
}

std::int32_t Collector::append(void* ctx, const void* from, std::size_t length) noexcept {
    auto& self = *static_cast<Collector*>(ctx);
    if (self.full_) {
        self.border_.breach(rule_sinks, "a sink that has said stop gets no more", "another append");
        return 1;
    }
    if (length > self.limit_ - self.bytes.size()) {
        self.full_ = true;
        return 1;
    }
    self.bytes.append(static_cast<const char*>(from), length);
    return 0;
}

}  // namespace atr::testkit
