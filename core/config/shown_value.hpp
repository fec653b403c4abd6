/// Values as they may be shown to whoever reads over a shoulder: variables replaced, passwords not.
#pragma once

#include <string>

#include "config/environment.hpp"

namespace treasurer {

/// `env`, but what its name calls a secret (password, secret, token, key, credential) is "(hidden)".
EnvLookup hide_secrets(EnvLookup env);

/// The text without the password of a URL (scheme://user:PASSWORD@host) and of "password=PASSWORD".
std::string without_passwords(std::string text);

/// Where the variables in a text as it was written come from: ", from ${PORT}", ", default of ${PORT}", or nothing.
std::string variables_of(const std::string& written, const EnvLookup& env);

}  // namespace treasurer
