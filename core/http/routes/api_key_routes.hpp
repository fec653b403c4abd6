/// /api/v1/api-keys: the keys with which a user's programs come.
#pragma once

#include "auth/api_keys.hpp"
#include "http/router.hpp"

namespace treasurer::http {

/// A user makes, sees and revokes keys of its own; who may manage users sees and revokes those of all.
/// Lifetime: outlives the router it was added to; keys and clock outlive it.
class ApiKeyRoutes {
public:
    ApiKeyRoutes(auth::ApiKeys& keys, const Clock& clock) : keys_(keys), clock_(clock) {}

    /// `rehearsed` answers dry runs, and outlives the router too.
    void add_to(Router& router, ApiKeyRoutes& rehearsed);

private:
    Task<Response> create(RequestContext context);
    Task<Response> list(RequestContext context);
    Task<Response> revoke(RequestContext context);

    auth::ApiKeys& keys_;
    const Clock& clock_;
};

}  // namespace treasurer::http
