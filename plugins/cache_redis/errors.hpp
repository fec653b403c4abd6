/// What Redis' error words mean to the caller of a plugin.
#pragma once

#include <atr/result.hpp>

#include "reply.hpp"

namespace cache_redis {

/// An answer that is an error means that the command did nothing: retry where it may work later, rejected where not.
/// The message carries the server's words, never a key or a value of ours.
atr::Error error_of(const Reply&);

/// An answer of a shape that this command does not have.
atr::Error unexpected(std::string_view command);

}  // namespace cache_redis
