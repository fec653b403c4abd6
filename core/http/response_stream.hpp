/// An answer that goes on after its head, and the parts of it that many clients may share.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace treasurer::http {

/// Some content, framed once as a chunk of HTTP/1.1, however many clients it goes to. Threads: never changes.
class StreamPart {
public:
    /// `content` is not empty: an empty chunk would end the answer.
    static std::shared_ptr<const StreamPart> of(std::string_view content);

    std::string_view content() const { return std::string_view(framed_).substr(begin_, framed_.size() - begin_ - 2); }
    /// As it goes to a client of HTTP/1.1; keeps the part alive.
    static std::shared_ptr<const std::string> framed(std::shared_ptr<const StreamPart> part) {
        const auto* bytes = &part->framed_;
        return {std::move(part), bytes};
    }

private:
    std::string framed_;
    std::size_t begin_ = 0;
};

/// The content of one answer, pulled by its connection as fast as the client takes it.
/// Threads: the transport thread's, which it must not keep waiting; made and destroyed on any.
class ResponseStream {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    virtual ~ResponseStream() = default;
    /// The next part; null: nothing now. Asked again when the client has taken what it was given, when the edge is told
    /// that there is news (Edge::wake_streams), and when due().
    virtual std::shared_ptr<const StreamPart> next(TimePoint now) = 0;
    /// That next() will give nothing any more: the answer is complete.
    virtual bool has_ended() const = 0;
    /// When next() has something to say though nobody woke it. next() moves it beyond the `now` it was given.
    virtual TimePoint due() const = 0;
};

}  // namespace treasurer::http
