#include "auth/password_hasher.hpp"

#include <sodium.h>

#include <array>

#include "auth/sodium_ready.hpp"

namespace treasurer::auth {
namespace {

constexpr std::size_t max_password_bytes = 1024;

atr::Error overloaded() {
    return atr::retry(ATR_E_OVERLOADED, "too many sign-ins at once");
}

atr::Result<std::string> hash_now(std::string& password, const PasswordSettings& settings) {
    std::array<char, crypto_pwhash_STRBYTES> out{};
    const int failed = crypto_pwhash_str_alg(out.data(), password.data(), password.size(), settings.passes,
                                             settings.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
    sodium_memzero(password.data(), password.size());
    if (failed) return atr::retry(ATR_E_OVERLOADED, "no memory for a password hash");
    return std::string(out.data());
}

/// The work of a verification without a hash to compare with.
atr::Result<bool> verify_nobody(std::string& password, const PasswordSettings& settings) {
    static constexpr std::array<unsigned char, crypto_pwhash_SALTBYTES> salt{};
    std::array<unsigned char, 32> out;
    const int failed = crypto_pwhash(out.data(), out.size(), password.data(), password.size(), salt.data(),
                                     settings.passes, settings.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
    sodium_memzero(password.data(), password.size());
    if (failed) return atr::retry(ATR_E_OVERLOADED, "no memory for a password hash");
    return false;
}

atr::Result<bool> verify_now(const std::string& stored, std::string& password, const PasswordSettings& settings) {
    if (stored.empty()) return verify_nobody(password, settings);
    const bool right = crypto_pwhash_str_verify(stored.c_str(), password.data(), password.size()) == 0;
    sodium_memzero(password.data(), password.size());
    return right;
}

}  // namespace

atr::Result<> check_password_rules(std::string_view password) {
    if (password.size() < 10) return atr::rejected(ATR_E_BAD_INPUT, "a password needs at least 10 bytes");
    if (password.size() > max_password_bytes)
        return atr::rejected(ATR_E_BAD_INPUT, "a password may have at most 1024 bytes");
    return {};
}

PasswordHasher::PasswordHasher(Executor& executor, PasswordSettings settings)
    : executor_(executor), settings_(settings) {
    sodium_ready();
    for (unsigned i = 0; i < settings_.at_once; ++i) threads_.emplace_back([this] { work(); });
}

PasswordHasher::~PasswordHasher() {
    std::deque<Job> refused;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        refused.swap(jobs_);
    }
    ready_.notify_all();
    for (const auto& job : refused) job.refuse();
    for (auto& thread : threads_) thread.join();
}

Task<atr::Result<std::string>> PasswordHasher::hash(std::string password) {
    if (atr::Result<> rules = check_password_rules(password); !rules) co_return rules.error();
    Task<atr::Result<std::string>> call =
        on_pool<std::string>([this, secret = std::move(password)]() mutable { return hash_now(secret, settings_); });
    co_return co_await call;
}

Task<atr::Result<bool>> PasswordHasher::verify(std::string stored_hash, std::string password) {
    if (password.size() > max_password_bytes) {  // nobody's; the cost stays the same
        password.resize(max_password_bytes);
        stored_hash.clear();
    }
    Task<atr::Result<bool>> call =
        on_pool<bool>([this, stored = std::move(stored_hash), secret = std::move(password)]() mutable {
            return verify_now(stored, secret, settings_);
        });
    co_return co_await call;
}

template <class T>
Task<atr::Result<T>> PasswordHasher::on_pool(std::function<atr::Result<T>()> work) {
    Completion<atr::Result<T>> done(executor_);
    Job job;
    job.run = [done, work = std::move(work)] { done.set(work()); };
    job.refuse = [done] { done.set(overloaded()); };
    if (!enqueue(std::move(job))) co_return overloaded();
    co_return co_await done;
}

bool PasswordHasher::enqueue(Job job) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || jobs_.size() >= settings_.max_waiting) return false;
        jobs_.push_back(std::move(job));
    }
    ready_.notify_one();
    return true;
}

void PasswordHasher::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        ready_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (stopping_) return;
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job.run();
        job = {};
        lock.lock();
    }
}

std::size_t PasswordHasher::waiting() const {
    const std::lock_guard lock(mutex_);
    return jobs_.size();
}

}  // namespace treasurer::auth
