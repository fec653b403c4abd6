/// POST /token and POST /logout: signing in and out.
#pragma once

#include "auth/login_throttle.hpp"
#include "auth/tokens.hpp"
#include "auth/users.hpp"
#include "http/router.hpp"

namespace treasurer::http {

/// Lifetime: outlives the router it was added to; users, tokens and throttle outlive it.
class AuthRoutes {
public:
    AuthRoutes(auth::Users& users, auth::Tokens& tokens, auth::LoginThrottle& throttle)
        : users_(users), tokens_(tokens), throttle_(throttle) {}

    void add_to(Router& router);

private:
    Task<Response> sign_in(RequestContext context);
    Task<Response> sign_out(RequestContext context);

    auth::Users& users_;
    auth::Tokens& tokens_;
    auth::LoginThrottle& throttle_;
};

}  // namespace treasurer::http
