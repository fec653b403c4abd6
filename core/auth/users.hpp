/// The people and programs that may sign in.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/bounded_cache.hpp"
#include "auth/password_hasher.hpp"
#include "auth/permission.hpp"
#include "records/journal.hpp"
#include "records/store.hpp"
#include "records/user.hpp"

namespace treasurer::auth {

/// 1..64 of [a-z0-9._@-]. Errors: rejected, ATR_E_BAD_INPUT.
atr::Result<> check_user_name(std::string_view name);

/// Who asks for a change, for the audit entry it leaves.
struct Actor {
    std::string name = "system";
    std::string request_id = {};
};

/// What the first start made. Show `generated_password` to the operator once; it is kept nowhere.
struct FirstAdmin {
    bool made = false;                                             ///< false: there were users already
    std::optional<std::string> generated_password = std::nullopt;  ///< nullopt: the operator gave one
};

/// Threads: any. All that is given must outlive it and its tasks.
/// Errors of all: rejected, ATR_E_BAD_INPUT for names, passwords and roles that break the rules; not_found; conflict
/// when the user exists already, or another host changed it at the same moment; retry, ATR_E_OVERLOADED; storage's own.
class Users {
public:
    Users(Store& store, PasswordHasher& passwords, const Clock& clock, Random& random)
        : store_(store), passwords_(passwords), clock_(clock), random_(random), known_(max_known) {}

    /// Called with the name of every user that was changed here, after the commit.
    void on_changed(std::function<void(std::string_view)> listener) { listener_ = std::move(listener); }

    Task<atr::Result<User>> add(std::string name, std::string password, std::vector<Role> roles, Actor actor = {});
    /// These give the user as it is from then on.
    /// Revokes all tokens of the user.
    Task<atr::Result<User>> set_password(std::string name, std::string password, Actor actor = {});
    /// Revokes all tokens of the user. Safe to repeat.
    Task<atr::Result<User>> disable(std::string name, Actor actor = {});
    /// The user may sign in again; tokens of before stay revoked. Safe to repeat.
    Task<atr::Result<User>> enable(std::string name, Actor actor = {});
    /// In place of those it has; they count at once on this host, and within two seconds on others.
    Task<atr::Result<User>> set_roles(std::string name, std::vector<Role> roles, Actor actor = {});
    /// By name; `cursor` is the next_cursor of the page before.
    Task<atr::Result<Listing<User>>> list(std::uint32_t limit, std::string cursor);

    /// The user behind name and password. Takes the same time for unknown users, wrong passwords and disabled users,
    /// and does not tell them apart: rejected, ATR_E_AUTH.
    Task<atr::Result<User>> authenticate(std::string name, std::string password);

    /// At most two seconds old; nullopt for an unknown one.
    Task<atr::Result<std::optional<User>>> find(std::string name);

    /// Makes the user "admin" when there is no user at all. Of two hosts that start at once, one makes it.
    Task<atr::Result<FirstAdmin>> ensure_admin(std::optional<std::string> password);

private:
    static constexpr std::size_t max_known = 4096;
    static constexpr UnixMillis max_age_ms = 2000;
    struct Known {
        std::optional<User> user;
        UnixMillis read_ms = 0;
    };
    Task<atr::Result<User>> load(std::string name);
    Task<atr::Result<User>> save(User user, std::string action, Actor actor, std::string detail = {});
    AuditEntry audit(const std::string& action, const std::string& user, const Actor& actor);
    std::string random_password();
    void changed(const std::string& name);

    Store& store_;
    PasswordHasher& passwords_;
    const Clock& clock_;
    Random& random_;
    BoundedCache<Known> known_;
    std::atomic<std::uint64_t> changes_{0};  ///< what was read before one is not kept
    std::function<void(std::string_view)> listener_;
};

}  // namespace treasurer::auth
