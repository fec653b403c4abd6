#include "commands.hpp"

#include <hiredis/hiredis.h>

#include <new>

namespace cache_redis {

void Commands::add(const Words& words) {
    std::vector<const char*> starts;
    std::vector<std::size_t> lengths;
    for (const std::string_view word : words) {
        starts.push_back(word.empty() ? "" : word.data());
        lengths.push_back(word.size());
    }
    char* text = nullptr;
    const int size = ::redisFormatCommandArgv(&text, static_cast<int>(words.size()), starts.data(), lengths.data());
    if (size < 0) throw std::bad_alloc();
    try {
        bytes_.append(text, static_cast<std::size_t>(size));
    } catch (...) {
        ::redisFreeCommand(text);
        throw;
    }
    ::redisFreeCommand(text);
    ++count_;
}

}  // namespace cache_redis
