/// Who a bearer token stands for, and the life of tokens: issued, checked, revoked.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "auth/bounded_cache.hpp"
#include "auth/check_age.hpp"
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

enum class CredentialKind { token, api_key };

/// Whose a credential seems to be, before storage was asked.
struct Recognised {
    Principal principal;
    bool is_current = false;  ///< false: it may have been revoked since; check() has to find out
    bool is_ageing = false;   ///< still current, but somebody should claim_renewal() and check() it
};

/// A checked token is remembered for `max_age`; so on a busy host checking one costs a look-up, and a revocation by
/// another host is seen at most that much later. One made on this host is seen at once. So is one that was refused:
/// who goes on sending it asks storage no more often.
/// Threads: any. All that is given must outlive it and its tasks.
class Tokens {
public:
    Tokens(Store& store, const Clock& clock, TokenSigner signer, TokenSettings settings);

    IssuedToken issue(const User& user);

    /// From memory alone: never waits for more than a lock held for a look-up. nullopt: check() has to find out.
    std::optional<Principal> cached(std::string_view token);

    /// Whose the token is by what is remembered of it, or else by its signature: some microseconds, and no waiting.
    /// nullopt for what this service did not sign, has expired, or was refused when it was last checked.
    std::optional<Recognised> recognise(std::string_view token);

    /// True for one caller of many: that one is to check() the token, while for all others it goes on being current.
    bool claim_renewal(std::string_view token);

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
        CheckAge age;
        bool is_refused = false;
    };
    bool is_current(const Known& known, UnixMillis now) const;

    Store& store_;
    const Clock& clock_;
    const TokenSigner signer_;
    const TokenSettings settings_;
    BoundedCache<Known> known_;
    BoundedCache<bool> signed_out_;            ///< jti of tokens revoked on this host
    std::atomic<std::uint64_t> forgotten_{0};  ///< calls of forget_user(): what was read before one is not kept
};

}  // namespace treasurer::auth
