/// A refusal or failure on its way to a client, and the value-or-problem that reading a request gives.
#pragma once

#include <atr/result.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "http/error_code.hpp"
#include "http/message.hpp"

namespace treasurer::http {

/// What is wrong with one member of a JSON body. `pointer` is a JSON pointer (RFC 6901); for forms "/field".
struct FieldError {
    std::string pointer;
    std::string detail;
};

/// `detail` is for people and comes from this program: never an exception's text, never a plugin's message.
struct Problem {
    ErrorCode code = ErrorCode::internal_error;
    std::string detail = {};
    std::vector<FieldError> errors = {};
    int retry_after_s = 0;   ///< 0: no Retry-After
    std::string cause = {};  ///< what a plugin or the host said; for the log alone
};

/// problem+json of RFC 9457; with WWW-Authenticate on 401 and Retry-After where it is set.
Response respond(const Problem& problem, std::string_view request_id);

/// What a failed call inside the host means to a client. The error's own message is shown for what the caller can
/// mend (bad input, conflict, not found), unless it is a backend's (it has a vendor code); otherwise it is for the log.
Problem problem_of(const atr::Error& error);

/// A T, or why there is none.
template <class T>
class [[nodiscard]] Parsed {
public:
    Parsed(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Parsed(Problem problem) : state_(std::in_place_index<1>, std::move(problem)) {}

    explicit operator bool() const { return state_.index() == 0; }
    T& operator*() { return *std::get_if<0>(&state_); }
    const T& operator*() const { return *std::get_if<0>(&state_); }
    T* operator->() { return std::get_if<0>(&state_); }
    const T* operator->() const { return std::get_if<0>(&state_); }
    const Problem& problem() const { return std::get<1>(state_); }

private:
    std::variant<T, Problem> state_;
};

}  // namespace treasurer::http
