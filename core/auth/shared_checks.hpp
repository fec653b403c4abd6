/// Checks of tokens and API keys that many requests ask for at once: storage is asked once for all of them, and before
/// what is known of a credential has become too old.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "auth/api_keys.hpp"
#include "auth/tokens.hpp"
#include "runtime/completion.hpp"
#include "runtime/task_scope.hpp"

namespace treasurer::auth {

/// Threads: any. All that is given must outlive it and its tasks.
class SharedChecks {
public:
    SharedChecks(Tokens& tokens, ApiKeys& keys, Executor& executor, TaskScope& scope)
        : tokens_(tokens), keys_(keys), executor_(executor), scope_(scope) {}

    /// As Tokens::recognise() and ApiKeys::recognise(); of many who see that it is ageing, one starts a check that
    /// nobody waits for.
    std::optional<Recognised> recognise(CredentialKind kind, std::string_view text);

    /// As Tokens::check() and ApiKeys::check(), where it is not current by now. Who comes while the same credential is
    /// being checked waits for that check, and believes it as far as what it found is still remembered: a revocation on
    /// this host in between, or a check that took too long, is a reason to ask anew.
    Task<atr::Result<Principal>> check(CredentialKind kind, std::string text);

private:
    using Answer = atr::Result<Principal>;
    std::optional<Recognised> known(CredentialKind kind, std::string_view text);
    /// True: a check is under way, and `waiter` hears of it. False: the caller has to make one, and land() it.
    bool joins(const std::string& text, const Completion<Answer>& waiter);
    void land(const std::string& text, const Answer& answer);
    Task<Answer> share(CredentialKind kind, std::string text);
    Task<Answer> ask(CredentialKind kind, std::string text);
    Task<> renew(CredentialKind kind, std::string text);

    Tokens& tokens_;
    ApiKeys& keys_;
    Executor& executor_;
    TaskScope& scope_;
    std::mutex mutex_;
    std::map<std::string, std::vector<Completion<Answer>>> flights_;  ///< who waits, by credential
};

}  // namespace treasurer::auth
