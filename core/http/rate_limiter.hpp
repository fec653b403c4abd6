/// How many requests a minute: of each user that is known, and of each address for all others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/buckets.hpp"
#include "auth/permission.hpp"

namespace treasurer::http {

/// Requests a minute, which is also how many at once.
struct RateLimiterSettings {
    struct Roles {
        std::uint32_t viewer = 300, submitter = 600, approver = 300, admin = 600;
    };
    bool enabled = true;
    std::uint32_t per_minute = 100;  ///< of an address
    Roles roles = {};                ///< of a user; who has several roles has the largest limit of them
    std::size_t max_keys = 65'536;   ///< addresses, and users of a role
    bool is_shared = false;          ///< uses are noted down for other hosts: see SharedLimits
};

/// An address is that of Request::remote_address. An IPv6 /64 counts as one.
/// A user is one bucket, wherever its requests come from and whatever token they carry.
/// Threads: any; a lock is held for one look-up. Its memory is bounded; `clock` must outlive it.
class RateLimiter {
public:
    struct Decision {
        bool allowed = true;
        std::uint32_t limit = 0;
        std::uint32_t remaining = 0;
        int retry_after_s = 0;  ///< when not allowed
    };

    /// What was asked of one bucket here since it was last told.
    struct Use {
        auth::Buckets* buckets = nullptr;
        std::string_view kind;  ///< "address", or the role whose limit it is; literal
        std::string key;        ///< an address, the eight bytes of an IPv6 /64, or a user
        std::int64_t taken = 0;
    };

    RateLimiter(const Clock& clock, RateLimiterSettings settings);

    /// nullopt when the limit is switched off.
    std::optional<Decision> take(std::string_view address);
    /// Whether take() would refuse now; takes nothing.
    bool is_spent(std::string_view address);
    std::optional<Decision> take(const auth::Principal& principal);
    /// Undo one take() that was allowed.
    void give_back(std::string_view address);
    void give_back(const auth::Principal& principal);

    /// Where limits are shared: at most `most`, users before addresses.
    std::vector<Use> used(std::size_t most);
    /// Other hosts have let `count` requests pass that count against the same.
    void taken_elsewhere(const Use& use, std::int64_t count);

private:
    std::optional<Decision> take_from(auth::Buckets& buckets, std::string_view key);
    auth::Buckets& buckets_of(auth::Role role);
    auth::Buckets& buckets_of(const auth::Principal& principal);

    const Clock& clock_;
    const RateLimiterSettings settings_;
    auth::Buckets addresses_, viewers_, submitters_, approvers_, admins_;
};

/// What counts as one client of a numeric address: itself, or the /64 of an IPv6 one.
std::string client_key(std::string_view address);

}  // namespace treasurer::http
