/// Bytes on their way out of one connection: small answers gathered for one write, large bodies sent where they lie.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace treasurer::http {

/// Threads: belongs to the connection's transport thread.
class OutputBuffer {
public:
    enum class Flush { done, blocked, broken };

    /// Where to append small things, in place.
    std::string& tail();
    /// Adds a body: a small one is copied behind the head, a large one kept by reference.
    void append(std::string&& body);
    void append(std::shared_ptr<const std::string> body);

    /// Adds bytes that others send as well: never copied.
    void append_shared(std::shared_ptr<const std::string> bytes);

    /// Writes to the socket until all is out, or it takes no more, or it is broken. Never blocks, never raises SIGPIPE.
    Flush flush(int socket);

    std::size_t size() const;
    bool empty() const { return size() == 0; }
    /// Of what is not written yet, the bytes that nobody else keeps as well.
    std::size_t own_bytes() const;
    /// Bytes written since the beginning: whether the client takes anything at all.
    std::uint64_t written() const { return written_; }

private:
    struct Piece {
        std::string own;
        std::shared_ptr<const std::string> shared;
        std::string_view bytes() const { return shared ? std::string_view(*shared) : std::string_view(own); }
    };
    ssize_t write_some(int socket) const;
    void advance(std::size_t bytes);
    void reuse();

    std::vector<Piece> pieces_;
    std::size_t first_ = 0;   ///< index of the piece being written
    std::size_t offset_ = 0;  ///< written bytes of that piece
    std::uint64_t written_ = 0;
};

}  // namespace treasurer::http
