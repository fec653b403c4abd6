/// Slows down guessing of passwords: failed sign-ins are counted per user and per address; successful ones are free.
#pragma once

#include <optional>
#include <string_view>

#include "auth/buckets.hpp"
#include "runtime/executor.hpp"

namespace treasurer::auth {

struct LoginThrottleSettings {
    BucketSettings per_user{.capacity = 20, .refill_us = 30'000'000, .max_keys = 65'536};
    BucketSettings per_address{.capacity = 60, .refill_us = 10'000'000, .max_keys = 65'536};
};

/// Threads: any. Its memory is bounded; `clock` must outlive it.
class LoginThrottle {
public:
    LoginThrottle(const Clock& clock, LoginThrottleSettings settings)
        : clock_(clock), users_(settings.per_user), addresses_(settings.per_address) {}

    /// Before a password is looked at: how long to wait, or nullopt to go on. Counts as failed until succeeded().
    std::optional<Millis> refuse(std::string_view user, std::string_view address);
    void succeeded(std::string_view user, std::string_view address);

private:
    const Clock& clock_;
    Buckets users_, addresses_;
};

}  // namespace treasurer::auth
