/// The chunked transfer coding of RFC 9112, section 7.1, read strictly and each byte once.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "http/body_buffer.hpp"
#include "http/head_scanner.hpp"
#include "http/refusal.hpp"

namespace treasurer::http {

/// Chunk extensions and trailers are checked, bounded and dropped.
class ChunkedReader {
public:
    explicit ChunkedReader(std::size_t max_trailer_bytes);

    /// Takes bytes up to the end of the body, appending its data to `body`; returns how many.
    std::size_t read(std::string_view data, BodyBuffer& body);

    bool done() const { return trailers_.done(); }
    const std::optional<Refusal>& refusal() const { return refusal_; }

private:
    enum class State { size, extension, size_lf, data, data_cr, data_lf, trailers };
    void step(char c);
    void size_step(char c);
    void refuse();

    State state_ = State::size;
    std::uint64_t size_ = 0;
    std::size_t line_bytes_ = 0;  ///< of the current chunk's size line
    HeadScanner trailers_;
    std::optional<Refusal> refusal_;
};

}  // namespace treasurer::http
