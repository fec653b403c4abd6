/// Keys for programs: each acts for the user who made it, within the scopes it was given and never beyond what the
/// user's roles still allow, until it expires, is revoked, or its user is disabled.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/bounded_cache.hpp"
#include "auth/permission.hpp"
#include "auth/tokens.hpp"
#include "auth/users.hpp"
#include "records/api_key.hpp"
#include "records/store.hpp"
#include "runtime/task_scope.hpp"

namespace treasurer::auth {

struct ApiKeySettings {
    std::chrono::seconds max_lifetime{90 * 86'400};
    Millis max_age{2000};                        ///< how old the answer may be that a key is good, or that it is not
    Millis used_every{60'000};                   ///< how often, at most, it is written down that a key was used
    Millis remembered{Millis{86'400'000} * 30};  ///< how long a key is still shown when it has ended
    std::size_t max_cached = 4096, max_refused = 1024;
    std::uint32_t max_valid = 50;  ///< keys of one user at a time
};

struct ApiKeyWish {
    std::string name;  ///< 1 to 100 bytes
    std::vector<Permission> scopes;
    std::optional<std::chrono::seconds> lifetime;  ///< nullopt: as long as may be
};

/// `text` is the key itself: show it once, it is kept nowhere.
struct NewApiKey {
    ApiKey record;
    std::string text;
};

/// Begins every key, so that one that leaked is recognised wherever it turns up.
inline constexpr std::string_view api_key_prefix = "trk_";

/// The part of a key that may be shown: enough to find it by.
std::string shown_prefix(const ApiKey& key);

/// Threads: any. All that is given must outlive it and its tasks; `scope` runs what is written behind.
/// Errors of all: rejected, ATR_E_BAD_INPUT; not_found; conflict; storage's own.
class ApiKeys {
public:
    ApiKeys(Store& store, const Clock& clock, Random& random, TaskScope& scope, ApiKeySettings settings);

    /// A key that acts for `owner`. Errors: conflict when the owner has too many that are valid.
    Task<atr::Result<NewApiKey>> add(Principal owner, ApiKeyWish wish, Actor actor);
    /// The keys of one user, or of all, those that end last first.
    Task<atr::Result<Listing<ApiKey>>> list(std::optional<std::string> user, std::uint32_t limit, std::string cursor);
    /// Safe to repeat. not_found also for a key of another user than `only_of`.
    Task<atr::Result<>> revoke(std::string id, std::optional<std::string> only_of, Actor actor);

    /// Whose a key is, from memory alone; nullopt for one that this host has not seen, or has seen end.
    std::optional<Recognised> recognise(std::string_view text);
    /// True for one caller of many: that one is to check() the key, while for all others it goes on being current.
    bool claim_renewal(std::string_view text);
    /// Errors: rejected, ATR_E_AUTH  no such key, or it has expired or was revoked, or its user is gone or disabled
    ///         others                 storage could not be asked: nobody is let in on an old answer
    Task<atr::Result<Principal>> check(std::string text);

    /// Forgets what is remembered of a user whose roles or state have changed.
    void forget_user(std::string_view user);

private:
    struct Known {
        Principal principal;
        UnixMillis expires_ms = 0;
        CheckAge age;
    };
    struct Refused {
        std::string user;  ///< of the key; empty: there is no such key
        CheckAge age;
    };
    NewApiKey new_key(const Principal& owner, const ApiKeyWish& wish);
    Task<atr::Result<std::uint64_t>> newest_count(std::string user);
    Task<atr::Result<>> room_for_another(std::string user);
    Task<> write_use(ApiKey key);
    void note_use(const ApiKey& key, UnixMillis now);
    std::string random_secret();
    void forget_key(const std::string& id);

    Store& store_;
    const Clock& clock_;
    Random& random_;
    TaskScope& scope_;
    const ApiKeySettings settings_;
    BoundedCache<Known> known_;                ///< by digest: keys themselves stay in no memory
    BoundedCache<Refused> refused_;            ///< by digest: apart, so that made-up keys push no good one out
    BoundedCache<bool> revoked_;               ///< ids of keys revoked on this host
    std::atomic<std::uint64_t> forgotten_{0};  ///< calls of forget_user(): what was read before one is not kept
};

}  // namespace treasurer::auth
