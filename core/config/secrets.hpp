/// Secrets by reference: secret://env/NAME, secret://file/PATH (an absolute path). Looked up at each use, so that
/// rotation works; never kept, logged or shown.
/// Threads: any, if the environment lookup bears it.
#pragma once

#include <atr/result.hpp>
#include <string>
#include <string_view>

#include "config/environment.hpp"

namespace treasurer {

class SecretResolver {
public:
    explicit SecretResolver(EnvLookup env) : env_(std::move(env)) {}

    /// The secret's bytes; a file's last line end is left out.
    /// Errors: rejected (no such form of reference, unreadable, empty, beyond 64 KiB), not_found. Never the secret
    /// itself.
    atr::Result<std::string> resolve(std::string_view reference) const;

private:
    EnvLookup env_;
};

}  // namespace treasurer
