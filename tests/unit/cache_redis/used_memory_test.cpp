#include "cache_redis/used_memory.hpp"

#include <catch2/catch.hpp>

using cache_redis::read_used_memory;

TEST_CASE("the memory that a server uses stands in a line of its own", "[cache_redis]") {
    CHECK(read_used_memory("# Memory\r\nused_memory:1048576\r\nused_memory_rss:9\r\n") == 1'048'576);
    CHECK(read_used_memory("# Memory\r\nused_memory_rss:9\r\nused_memory:7\r\n") == 7);
    for (const char* strange :
         {"", "used_memory:1", "# Memory\r\nused_memory:", "# Memory\r\nused_memory:12",
          "# Memory\r\nused_memory:x\r\n", "# Memory\r\nused_memory:-1\r\n",
          "# Memory\r\nused_memory:99999999999999999999\r\n", "# Memory\r\nused_memory_rss:9\r\n"})
        CHECK_FALSE(read_used_memory(strange));
}
