/// Who a bearer token stands for, and the life of tokens: issued, checked, revoked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/bounded_cache.hpp"
#include "auth/permission.hpp"
#include "auth/token_signer.hpp"
#include "records/store.hpp"
#include "records/user.hpp"

namespace treasurer::auth {

struct TokenSettings {
    std::chrono::seconds lifetime{1800};
    Millis max_age{2000};  ///< how old the answer may be that a token is not revoked and its user not disabled
    std::size_t max_cached = 16'384;
};

struct IssuedToken {
    std::string text;
    std::chrono::seconds expires_in{0};
};

/// A checked token is remembered for `max_age`; so on a busy host checking one costs a look-up, and a revocation by
/// another host is seen at most that much later. One made on this host is seen at once.
/// Threads: any. All that is given must outlive it and its tasks.
class Tokens {
public:
    Tokens(Store& store, const Clock& clock, SecretKey key, TokenSettings settings);

    IssuedToken issue(const User& user);

    /// From memory alone: never waits for more than a lock held for a look-up. nullopt: check() has to find out.
    std::optional<Principal> cached(std::string_view token);

    /// From memory alone, in some microseconds: whether a token is ours and has not expired. It may have been revoked.
    bool is_genuine(std::string_view token) const { return signer_.verify(token, clock_.unix_ms()).has_value(); }

    /// Errors: rejected, ATR_E_AUTH  not a valid token, or revoked, or its user is gone or disabled
    ///         others                 storage could not be asked: nobody is let in on an old answer
    Task<atr::Result<Principal>> check(std::string token);

    /// Signs out the token that `principal` came with. Safe to repeat.
    Task<atr::Result<>> revoke(Principal principal);

    /// Forgets what is remembered of a user whose roles, password or state have changed.
    void forget_user(std::string_view user);

private:
    struct Known {
        Principal principal;
        UnixMillis checked_ms = 0;
    };

    Store& store_;
    const Clock& clock_;
    const TokenSigner signer_;
    const TokenSettings settings_;
    BoundedCache<Known> known_;
    BoundedCache<bool> signed_out_;  ///< jti of tokens revoked on this host
};

}  // namespace treasurer::auth
