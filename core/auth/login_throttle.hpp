/// Slows down guessing of passwords. Failed sign-ins are counted for a user at an address, for an address, and, much
/// wider, for a user at all addresses together; successful ones are free. Nobody can lock a user out from elsewhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/bounded_cache.hpp"
#include "auth/buckets.hpp"
#include "runtime/executor.hpp"

namespace treasurer::auth {

struct LoginThrottleSettings {
    BucketSettings per_user_at_address{.capacity = 20, .refill_us = 30'000'000, .max_keys = 65'536};
    BucketSettings per_address{.capacity = 60, .refill_us = 10'000'000, .max_keys = 65'536};
    /// Against guessing from many addresses. It does not count where the user has signed in before.
    BucketSettings per_user{.capacity = 300, .refill_us = 10'000'000, .max_keys = 65'536};
    std::size_t max_familiar = 16'384;
};

/// Threads: any. Its memory is bounded; `clock` must outlive it.
class LoginThrottle {
public:
    LoginThrottle(const Clock& clock, LoginThrottleSettings settings)
        : clock_(clock),
          pairs_(settings.per_user_at_address),
          addresses_(settings.per_address),
          users_(settings.per_user),
          familiar_(settings.max_familiar) {}

    /// Before a password is looked at: how long to wait, or nullopt to go on. Who goes on counts as failed until
    /// succeeded() or not_judged(); who is refused costs nobody anything.
    std::optional<Millis> refuse(std::string_view user, std::string_view address);
    /// The address is familiar from now on: the user can sign in there whatever others do elsewhere.
    void succeeded(std::string_view user, std::string_view address);
    /// The password was neither right nor wrong: nobody could look.
    void not_judged(std::string_view user, std::string_view address);

private:
    const Clock& clock_;
    Buckets pairs_, addresses_, users_;
    BoundedCache<bool> familiar_;  ///< pairs that have signed in
};

}  // namespace treasurer::auth
