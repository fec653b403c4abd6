/// The addresses behind a host name, without waiting for a name server longer than the call may.
#pragma once

#include <netdb.h>

#include <atr/result.hpp>
#include <memory>

#include "deadline.hpp"
#include "endpoint.hpp"

namespace cache_redis {

/// Numeric addresses are answered at once; names are asked for until the deadline.
/// Errors: retry  unreachable: no such name, timeout
atr::Result<std::shared_ptr<const addrinfo>> resolve(const Endpoint&, Deadline);

}  // namespace cache_redis
