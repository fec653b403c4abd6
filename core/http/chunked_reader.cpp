#include "http/chunked_reader.hpp"

#include <algorithm>

#include "http/characters.hpp"

namespace treasurer::http {
namespace {

constexpr std::size_t kMaxSizeDigits = 15;
constexpr std::size_t kMaxSizeLineBytes = 256;

}  // namespace

ChunkedReader::ChunkedReader(std::size_t max_trailer_bytes)
    : trailers_(HeadScanner::Section::trailers, {.max_bytes = max_trailer_bytes, .max_target_bytes = 0}) {}

std::size_t ChunkedReader::read(std::string_view data, BodyBuffer& body) {
    std::size_t taken = 0;
    while (taken < data.size() && !refusal_ && !done()) {
        const auto rest = data.substr(taken);
        if (state_ == State::data) {
            const auto part = rest.substr(0, std::min<std::uint64_t>(size_, rest.size()));
            refusal_ = body.append(part);
            taken += part.size();
            size_ -= part.size();
            if (size_ == 0) state_ = State::data_cr;
        } else if (state_ == State::trailers) {
            taken += trailers_.scan(rest);
            if (trailers_.refused()) refusal_ = trailers_.refusal();
        } else {
            step(rest.front());
            ++taken;
            if (state_ == State::data) refusal_ = body.expect(size_);
        }
    }
    return taken;
}

void ChunkedReader::refuse() {
    refusal_ = {400, "bad_chunk", "The chunked body is malformed."};
}

void ChunkedReader::size_step(char c) {
    const int digit = hex_value(c);
    if (digit >= 0 && line_bytes_ < kMaxSizeDigits) {
        size_ = size_ * 16 + static_cast<std::uint64_t>(digit);
        ++line_bytes_;
    } else if (c == ';' && line_bytes_ > 0) {
        state_ = State::extension;
    } else if (c == '\r' && line_bytes_ > 0) {
        state_ = State::size_lf;
    } else {
        refuse();
    }
}

void ChunkedReader::step(char c) {
    switch (state_) {
        case State::size:
            return size_step(c);
        case State::extension:
            if (c == '\r') {
                state_ = State::size_lf;
            } else if (!is_field_char(c) || ++line_bytes_ > kMaxSizeLineBytes) {
                refuse();
            }
            return;
        case State::size_lf:
            if (c != '\n') return refuse();
            state_ = size_ == 0 ? State::trailers : State::data;
            line_bytes_ = 0;
            return;
        case State::data_cr:
            if (c != '\r') return refuse();
            state_ = State::data_lf;
            return;
        case State::data_lf:
            if (c != '\n') return refuse();
            state_ = State::size;
            return;
        case State::data:
        case State::trailers:
            return;
    }
}

}  // namespace treasurer::http
