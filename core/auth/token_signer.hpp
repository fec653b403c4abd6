/// Access tokens: JSON Web Tokens signed with HS256, and nothing else.
#pragma once

#include <atr/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "auth/secret_key.hpp"
#include "runtime/clock.hpp"

namespace treasurer::auth {

/// What a token says. Times in milliseconds; the token itself carries whole seconds.
struct Claims {
    std::string subject;             ///< the user name
    std::vector<std::string> roles;  ///< when it was issued; what counts is what storage says
    std::uint64_t epoch = 1;         ///< the user's token_epoch when it was issued
    std::string id;                  ///< jti
    UnixMillis issued_ms = 0;
    UnixMillis expires_ms = 0;
};

/// A token that is not taken, and why. Outcome rejected, ATR_E_AUTH.
inline atr::Error refused_token(const char* why) {
    return atr::rejected(ATR_E_AUTH, why);
}

/// Threads: any. Verifying costs some microseconds.
class TokenSigner {
public:
    explicit TokenSigner(SecretKey key) : key_(key) {}

    std::string sign(const Claims& claims) const;

    /// The claims of a token of ours that has not expired at `now_ms`. Whether it was revoked is not seen here.
    /// Errors: rejected, ATR_E_AUTH: malformed, another algorithm (also "none"), wrong signature, issuer or type,
    /// expired.
    atr::Result<Claims> verify(std::string_view token, UnixMillis now_ms) const;

private:
    SecretKey key_;
};

}  // namespace treasurer::auth
