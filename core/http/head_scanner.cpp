#include "http/head_scanner.hpp"

#include <algorithm>

#include "http/characters.hpp"

namespace treasurer::http {
namespace {

constexpr std::size_t kMaxMethodBytes = 32;
constexpr std::size_t kMaxVersionBytes = 8;  // HTTP/1.1
constexpr std::size_t kMaxLeadingBytes = 2;  // one CRLF

}  // namespace

HeadScanner::HeadScanner(Section section, Limits limits)
    : limits_(limits), state_(section == Section::head ? State::before : State::line_begin) {}

std::size_t HeadScanner::scan(std::string_view data) {
    std::size_t taken = 0;
    while (taken < data.size() && state_ < State::done) {
        const auto passed = uneventful(data.substr(taken));
        total_ += passed;
        taken += passed;
        if (taken == data.size()) break;
        if (++total_ > limits_.max_bytes) {
            refuse(431, "header_too_large", "The request line and header fields are larger than this server accepts.");
        } else {
            step(data[taken]);
        }
        ++taken;
    }
    return taken;
}

/// How many bytes at the beginning leave everything as it is, but for how many there were; most of a head does.
std::size_t HeadScanner::uneventful(std::string_view data) const {
    const auto within = data.substr(0, limits_.max_bytes - std::min(total_, limits_.max_bytes));
    if (state_ == State::value) return field_chars_at_begin(within);
    if (state_ != State::name) return 0;
    const auto end = std::find_if_not(within.begin(), within.end(), [](char c) { return is_token_char(c); });
    return static_cast<std::size_t>(end - within.begin());
}

void HeadScanner::next(State state) {
    state_ = state;
    part_size_ = 0;
}

void HeadScanner::refuse(int status, std::string_view code, std::string_view detail) {
    refusal_ = {status, code, detail};
    state_ = State::refused;
}

void HeadScanner::first_byte(char c) {
    if (is_token_char(c)) {
        next(State::method);
        part_size_ = 1;
    } else if (c == '\r' && leading_ < kMaxLeadingBytes) {
        ++leading_;
        next(State::before_lf);
    } else {
        refuse(400, "malformed_request_line", "The request does not begin with a method.");
    }
}

void HeadScanner::step(char c) {
    switch (state_) {
        case State::before:
            return first_byte(c);
        case State::before_lf:
            if (c != '\n') return refuse(400, "bare_cr", "A carriage return must be followed by a line feed.");
            ++leading_;
            return next(State::before);
        case State::method:
            if (c == ' ') return next(State::target);
            if (!is_token_char(c)) {
                return refuse(400, "malformed_request_line", "The method must be a token followed by one space.");
            }
            if (++part_size_ > kMaxMethodBytes) return refuse(501, "not_implemented", "The method is unknown.");
            return;
        case State::target:
            if (c == ' ' && part_size_ > 0) return next(State::version);
            if (c <= 0x20 || c == 0x7f) {
                return refuse(400, "malformed_request_line",
                              "The request line must be a method, a target and a version with one space between.");
            }
            if (++part_size_ > limits_.max_target_bytes) {
                return refuse(414, "target_too_long", "The request target is longer than this server accepts.");
            }
            return;
        case State::version:
            if (c == '\r') return next(State::line_lf);
            if (!is_token_char(c) && c != '/') {
                return refuse(400, "malformed_request_line", "The request line must end with the version and CRLF.");
            }
            if (++part_size_ > kMaxVersionBytes) return refuse(400, "bad_version", "The HTTP version is malformed.");
            return;
        case State::line_lf:
            if (c != '\n') return refuse(400, "bare_cr", "A carriage return must be followed by a line feed.");
            return next(State::line_begin);
        case State::line_begin:
            if (c == '\r') return next(State::end_lf);
            if (c == ' ' || c == '\t') return refuse(400, "folded_field", "Folded header lines are not accepted.");
            if (!is_token_char(c)) return refuse(400, "bad_field_name", "A header field has no valid name.");
            return next(State::name);
        case State::name:
            if (c == ':') return next(State::value);
            if (!is_token_char(c)) {
                return refuse(400, "bad_field_name", "A header name must be a token directly followed by a colon.");
            }
            return;
        case State::value:
            if (c == '\r') return next(State::line_lf);
            if (!is_field_char(c)) {
                return refuse(400, "bad_field_value", "A header value holds a control character or a bare line feed.");
            }
            return;
        case State::end_lf:
            if (c != '\n') return refuse(400, "bare_cr", "A carriage return must be followed by a line feed.");
            return next(State::done);
        case State::done:
        case State::refused:
            return;
    }
}

}  // namespace treasurer::http
