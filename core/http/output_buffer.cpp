#include "http/output_buffer.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "http/bytes.hpp"

namespace treasurer::http {
namespace {

constexpr std::size_t kCopyUpTo = 16 * kKiB;
constexpr std::size_t kKeepCapacity = 16 * kKiB;
constexpr std::size_t kPiecesPerWrite = 16;

}  // namespace

std::string& OutputBuffer::tail() {
    if (pieces_.size() == first_ || pieces_.back().shared) pieces_.emplace_back();
    return pieces_.back().own;
}

void OutputBuffer::append(std::string&& body) {
    if (body.size() <= kCopyUpTo) {
        tail().append(body);
    } else {
        append(std::make_shared<const std::string>(std::move(body)));
    }
}

void OutputBuffer::append(std::shared_ptr<const std::string> body) {
    if (body->size() <= kCopyUpTo) {
        tail().append(*body);
    } else {
        append_shared(std::move(body));
    }
}

void OutputBuffer::append_shared(std::shared_ptr<const std::string> bytes) {
    pieces_.push_back({.own = {}, .shared = std::move(bytes)});
}

std::size_t OutputBuffer::size() const {
    std::size_t total = 0;
    for (auto i = first_; i < pieces_.size(); ++i) total += pieces_[i].bytes().size();
    return total - offset_;
}

std::size_t OutputBuffer::own_bytes() const {
    std::size_t total = 0;
    for (auto i = first_; i < pieces_.size(); ++i)
        if (pieces_[i].shared.use_count() <= 1) total += pieces_[i].bytes().size();
    return total;
}

OutputBuffer::Flush OutputBuffer::flush(int socket) {
    while (!empty()) {
        const auto sent = write_some(socket);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Flush::blocked : Flush::broken;
        advance(static_cast<std::size_t>(sent));
    }
    reuse();
    return Flush::done;
}

ssize_t OutputBuffer::write_some(int socket) const {
    const auto first = pieces_[first_].bytes().substr(offset_);
    // By far the most answers are one piece, and the kernel is quicker with that.
    if (first_ + 1 == pieces_.size()) return ::send(socket, first.data(), first.size(), MSG_NOSIGNAL);
    std::array<iovec, kPiecesPerWrite> parts;
    parts[0] = {const_cast<char*>(first.data()), first.size()};
    std::size_t count = 1;
    for (auto i = first_ + 1; i < pieces_.size() && count < parts.size(); ++i) {
        const auto bytes = pieces_[i].bytes();
        parts[count++] = {const_cast<char*>(bytes.data()), bytes.size()};
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    return ::sendmsg(socket, &message, MSG_NOSIGNAL);
}

void OutputBuffer::advance(std::size_t bytes) {
    written_ += bytes;
    offset_ += bytes;
    while (first_ < pieces_.size() && offset_ >= pieces_[first_].bytes().size()) {
        offset_ -= pieces_[first_].bytes().size();
        if (first_ + 1 < pieces_.size()) pieces_[first_] = {};
        ++first_;
    }
}

/// All is out: keeps one small piece's memory for the next answer.
void OutputBuffer::reuse() {
    if (pieces_.empty()) return;
    Piece kept;
    for (auto& piece : pieces_) {
        if (piece.own.capacity() > kept.own.capacity() && piece.own.capacity() <= kKeepCapacity) {
            kept.own = std::move(piece.own);
        }
    }
    kept.own.clear();
    pieces_.clear();
    pieces_.push_back(std::move(kept));
    first_ = 0;
    offset_ = 0;
}

}  // namespace treasurer::http
