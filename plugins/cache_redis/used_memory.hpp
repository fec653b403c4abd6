/// How much memory the servers use that hold our values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "router.hpp"

namespace cache_redis {

/// Of all masters of a cluster, or of the one server. Nothing when one of them does not say it: it is away, or the user
/// may not ask (ACL `+info`).
std::optional<std::int64_t> used_memory(Router&, Topology&, bool is_cluster, Deadline);

/// What INFO says of it.
std::optional<std::int64_t> read_used_memory(std::string_view info);

}  // namespace cache_redis
