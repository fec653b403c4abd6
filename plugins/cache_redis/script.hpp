/// A Lua script and the name under which a server remembers it.
#pragma once

#include <string>

namespace cache_redis {

struct Script {
    explicit Script(std::string text);
    std::string source;
    std::string sha1;  ///< 40 hexadecimal digits, for EVALSHA
};

/// All of them work on KEYS[1] alone, so that each has one slot, and in one step. `head` is what entry_format.hpp says.
struct Scripts {
    Script set, del, incr, touch;
    static const Scripts& all();
};

}  // namespace cache_redis
