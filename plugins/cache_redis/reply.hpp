/// Answers of a server, and the reader that makes them of bytes which nobody has vouched for.
#pragma once

#include <hiredis/read.h>

#include <atr/result.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cache_redis {

struct Reply {
    enum class Type { nil, text, status, error, integer, list };
    Type type = Type::nil;
    std::string text = {};
    std::int64_t integer = 0;
    std::vector<Reply> list = {};

    bool is_error() const { return type == Type::error; }
    bool is_text() const { return type == Type::text || type == Type::status; }
    /// An error that begins with this word, such as MOVED.
    bool is_error(std::string_view word) const;
    /// The number, also when it was sent as text.
    std::optional<std::int64_t> number() const;
};

/// Takes bytes as they come and gives whole answers.
/// Threads: one at a time. After an error it stays in that error: the connection is of no use any more.
class ReplyReader {
public:
    explicit ReplyReader(std::size_t max_reply_bytes);
    ReplyReader(const ReplyReader&) = delete;
    ReplyReader& operator=(const ReplyReader&) = delete;

    void feed(std::string_view bytes);
    /// The next answer, or nothing when it is not all there yet.
    /// Errors: unknown  corrupt: these bytes are no answer, or it is larger than it may be
    atr::Result<std::optional<Reply>> next();
    /// Bytes of an answer that has not been given out.
    bool has_rest() const { return fed_ > 0; }

private:
    struct FreeReader {
        void operator()(redisReader* reader) const { ::redisReaderFree(reader); }
    };
    std::size_t max_reply_bytes_;
    std::size_t fed_ = 0;  ///< bytes since the last whole answer
    std::unique_ptr<redisReader, FreeReader> reader_;
};

}  // namespace cache_redis
