#include "auth/shared_checks.hpp"

namespace treasurer::auth {

std::optional<Recognised> SharedChecks::known(CredentialKind kind, std::string_view text) {
    return kind == CredentialKind::api_key ? keys_.recognise(text) : tokens_.recognise(text);
}

std::optional<Recognised> SharedChecks::recognise(CredentialKind kind, std::string_view text) {
    std::optional<Recognised> out = known(kind, text);
    if (!out || !out->is_ageing) return out;
    const bool is_mine = kind == CredentialKind::api_key ? keys_.claim_renewal(text) : tokens_.claim_renewal(text);
    if (is_mine) scope_.spawn(renew(kind, std::string(text)));
    return out;
}

/// What becomes of it is remembered by what was asked. Where storage cannot be asked, who comes later asks again.
Task<> SharedChecks::renew(CredentialKind kind, std::string text) {
    try {
        Task<Answer> checking = share(kind, std::move(text));
        const Answer checked = co_await checking;
        (void)checked;
    } catch (const std::exception&) {  // nobody waits for it: who asks next is told
    }
}

Task<atr::Result<Principal>> SharedChecks::check(CredentialKind kind, std::string text) {
    std::optional<Recognised> remembered = known(kind, text);
    if (remembered && remembered->is_current) co_return std::move(remembered->principal);
    Task<Answer> sharing = share(kind, std::move(text));
    co_return co_await sharing;
}

Task<atr::Result<Principal>> SharedChecks::share(CredentialKind kind, std::string text) {
    const Completion<Answer> landed(executor_);
    if (!joins(text, landed)) {
        Answer answer = atr::unknown(ATR_E_INTERNAL, "the check did not end");
        try {
            Task<Answer> asking = ask(kind, text);
            answer = co_await asking;
        } catch (...) {
            land(text, answer);  // others wait for it
            throw;
        }
        land(text, answer);
        co_return answer;
    }
    Answer shared = co_await landed;
    if (!shared) co_return shared;
    std::optional<Recognised> remembered = known(kind, text);
    if (remembered && remembered->is_current) co_return std::move(remembered->principal);
    Task<Answer> asking = ask(kind, std::move(text));
    co_return co_await asking;
}

bool SharedChecks::joins(const std::string& text, const Completion<Answer>& waiter) {
    const std::lock_guard lock(mutex_);
    const auto [flight, is_first] = flights_.try_emplace(text);
    if (!is_first) flight->second.push_back(waiter);
    return !is_first;
}

void SharedChecks::land(const std::string& text, const Answer& answer) {
    std::vector<Completion<Answer>> waiting;
    {
        const std::lock_guard lock(mutex_);
        waiting = std::move(flights_.extract(text).mapped());
    }
    for (const auto& waiter : waiting) waiter.set(answer);
}

Task<atr::Result<Principal>> SharedChecks::ask(CredentialKind kind, std::string text) {
    Task<Answer> asking =
        kind == CredentialKind::api_key ? keys_.check(std::move(text)) : tokens_.check(std::move(text));
    co_return co_await asking;
}

}  // namespace treasurer::auth
