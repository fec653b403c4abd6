/// Password hashing with argon2id, on a pool of its own: each hash takes tens of milliseconds and 19 MiB, so only a few
/// run at once, a few more wait, and the rest are refused at once.
#pragma once

#include <atr/result.hpp>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runtime/completion.hpp"

namespace treasurer::auth {

struct PasswordSettings {
    std::size_t memory_bytes = std::size_t{19} * 1024 * 1024;
    unsigned long long passes = 2;
    unsigned at_once = 2;
    std::size_t max_waiting = 64;
};

/// Passwords have 10 to 1024 bytes. Errors: rejected, ATR_E_BAD_INPUT.
atr::Result<> check_password_rules(std::string_view password);

/// Threads: any. Tasks go on, on the executor, which must outlive the hasher.
/// Errors: retry, ATR_E_OVERLOADED, when too many wait or the hasher is ending.
class PasswordHasher {
public:
    PasswordHasher(Executor& executor, PasswordSettings settings);
    PasswordHasher(const PasswordHasher&) = delete;
    PasswordHasher& operator=(const PasswordHasher&) = delete;
    /// Lets running hashes finish; waiting ones are refused.
    ~PasswordHasher();

    /// "$argon2id$v=19$m=…"
    Task<atr::Result<std::string>> hash(std::string password);
    /// Whether the password is the one behind `stored_hash`. An empty hash (there is no such user) costs the same and
    /// is never right.
    Task<atr::Result<bool>> verify(std::string stored_hash, std::string password);

    std::size_t waiting() const;

private:
    struct Job {
        std::function<void()> run, refuse;
    };
    template <class T>
    Task<atr::Result<T>> on_pool(std::function<atr::Result<T>()> work);
    bool enqueue(Job job);
    void work();

    Executor& executor_;
    const PasswordSettings settings_;
    mutable std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<Job> jobs_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace treasurer::auth
