/// Access tokens: JSON Web Tokens signed with HS256, and nothing else. Each names the key that signed it (kid) and
/// whom it is for (aud).
#pragma once

#include <atr/result.hpp>
#include <optional>
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
    static constexpr const char* default_audience = "treasurer";

    /// `current` signs; tokens that one of `earlier` signed are still taken.
    TokenSigner(SecretKey current, std::vector<SecretKey> earlier = {}, std::string audience = default_audience);

    std::string sign(const Claims& claims) const;

    /// The claims of a token of ours that has not expired at `now_ms`. Whether it was revoked is not seen here.
    /// One that names no key is judged by the current one.
    /// Errors: rejected, ATR_E_AUTH: malformed, another algorithm (also "none"), an unknown key, wrong signature,
    /// issuer, audience or type, expired.
    atr::Result<Claims> verify(std::string_view token, UnixMillis now_ms) const;

private:
    struct NamedKey {
        std::string id;
        SecretKey key;
    };
    const SecretKey* key_named(const std::optional<std::string>& id) const;

    std::vector<NamedKey> keys_;  ///< the current one first
    std::string audience_;
};

}  // namespace treasurer::auth
