#include "reply.hpp"

#include <charconv>
#include <new>

namespace cache_redis {

namespace {

constexpr int most_elements = 1 << 17;  // a cluster names at most 16384 ranges, each with a few nodes

/// Where the reader wants the value put: a new answer, or the next place in the list around it.
Reply* place(const redisReadTask* task) {
    if (!task->parent) return new (std::nothrow) Reply;
    auto& list = static_cast<Reply*>(task->parent->obj)->list;
    return &list[static_cast<std::size_t>(task->idx)];
}

/// Runs under C code: nothing may be thrown. Null makes the reader give up.
template <class Fill>
void* make(const redisReadTask* task, Fill&& fill) noexcept {
    Reply* const out = place(task);
    if (!out) return nullptr;
    try {
        fill(*out);
        return out;
    } catch (...) {
        if (!task->parent) delete out;
        return nullptr;
    }
}

void* make_string(const redisReadTask* task, char* bytes, std::size_t length) {
    return make(task, [&](Reply& out) {
        out.type = task->type == REDIS_REPLY_ERROR    ? Reply::Type::error
                   : task->type == REDIS_REPLY_STATUS ? Reply::Type::status
                                                      : Reply::Type::text;
        out.text.assign(bytes, length);
    });
}

void* make_list(const redisReadTask* task, int elements) {
    if (elements > most_elements) return nullptr;
    return make(task, [&](Reply& out) {
        out.type = Reply::Type::list;
        out.list.resize(static_cast<std::size_t>(elements));
    });
}

void* make_integer(const redisReadTask* task, long long value) {
    return make(task, [&](Reply& out) {
        out.type = Reply::Type::integer;
        out.integer = value;
    });
}

void* make_nil(const redisReadTask* task) {
    return make(task, [](Reply&) {});
}

void free_reply(void* reply) {
    delete static_cast<Reply*>(reply);
}

redisReplyObjectFunctions functions = {make_string, make_list, make_integer, make_nil, free_reply};

atr::Error corrupt(const std::string& what) {
    return atr::unknown(ATR_E_CORRUPT, "not an answer of Redis: " + what);
}

}  // namespace

bool Reply::is_error(std::string_view word) const {
    return is_error() && text.starts_with(word) && (text.size() == word.size() || text[word.size()] == ' ');
}

std::optional<std::int64_t> Reply::number() const {
    if (type == Type::integer) return integer;
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (!is_text() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return out;
}

ReplyReader::ReplyReader(std::size_t max_reply_bytes)
    : max_reply_bytes_(max_reply_bytes), reader_(::redisReaderCreateWithFunctions(&functions)) {
    if (!reader_) throw std::bad_alloc();
}

void ReplyReader::feed(std::string_view bytes) {
    fed_ += bytes.size();
    ::redisReaderFeed(reader_.get(), bytes.data(), bytes.size());
}

atr::Result<std::optional<Reply>> ReplyReader::next() {
    void* raw = nullptr;
    if (::redisReaderGetReply(reader_.get(), &raw) != REDIS_OK) return corrupt(reader_->errstr);
    if (!raw) {
        if (fed_ > max_reply_bytes_) return corrupt("it is larger than anything asked for");
        return std::optional<Reply>();
    }
    const std::unique_ptr<Reply> whole(static_cast<Reply*>(raw));
    fed_ = reader_->len - reader_->pos;
    return std::optional<Reply>(std::move(*whole));
}

}  // namespace cache_redis
