/// POST /token and POST /logout, and with a cookie POST and DELETE /session: signing in and out.
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
    /// Throttled by user and address. Problems: login_throttled, wrong_credentials, storage's.
    Task<Parsed<User>> known_user(std::string user, std::string password, std::string address);
    Task<Response> open_session(RequestContext context);
    Task<Response> close_session(RequestContext context);
    Task<atr::Result<>> end_token(std::string token);
    Task<Response> sign_in(RequestContext context);
    Task<Response> sign_out(RequestContext context);

    auth::Users& users_;
    auth::Tokens& tokens_;
    auth::LoginThrottle& throttle_;
};

}  // namespace treasurer::http
