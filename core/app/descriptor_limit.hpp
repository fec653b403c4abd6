/// How many descriptors, and so connections, this process may have open.
#pragma once

#include <cstdint>

#include "config/settings.hpp"
#include "observe/log.hpp"

namespace treasurer::app {

/// Raises the soft limit to the hard one, which needs no right, and returns what is in force then.
std::uint64_t raise_descriptor_limit();

/// Raises the limit, and warns in the log when server.max_connections does not fit into it.
void provide_descriptors(const ServerSettings& server, observe::Log& log);

}  // namespace treasurer::app
