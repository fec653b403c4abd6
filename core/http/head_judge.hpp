/// What can be said of a request with a body from its head alone, so that nobody fills the memory with bodies that are
/// refused in the end: path, method, sender, rate, type and length.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "auth/api_keys.hpp"
#include "auth/tokens.hpp"
#include "http/body_leave.hpp"
#include "http/rate_limiter.hpp"
#include "http/route_table.hpp"

namespace treasurer::http {

/// Gives no leave for a body that the router would refuse the request for, or whose sender cannot be told from a
/// stranger where one must sign in. A key that this host has not seen is known to storage alone, which is
/// not asked here: its body counts as a stranger's. It charges nobody and answers nothing: that is the router's, which
/// is handed the request without its body. Threads: any. Lifetime: all that is given outlives it.
class HeadJudge {
public:
    HeadJudge(const RouteTable& table, auth::Tokens& tokens, auth::ApiKeys& keys, RateLimiter& limiter)
        : table_(&table), tokens_(&tokens), keys_(&keys), limiter_(&limiter) {}

    BodyLeave operator()(const Request& head, std::uint64_t announced, std::string_view client) const;

private:
    std::optional<BodyShare> share_of(const Route& route, const Request& head) const;

    const RouteTable* table_;
    auth::Tokens* tokens_;
    auth::ApiKeys* keys_;
    RateLimiter* limiter_;
};

/// Why a request that came without its body is refused; nullopt for one that came whole. It never is nullopt for one
/// that did not, so that no handler takes an unread body for an empty one.
std::optional<Problem> refusal_at_head(const Route& route, const Request& request);

}  // namespace treasurer::http
