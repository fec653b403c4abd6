/// /api/v1/users: who may sign in, and as what; and /api/v1/password: one's own.
#pragma once

#include "auth/login_throttle.hpp"
#include "auth/users.hpp"
#include "http/router.hpp"

namespace treasurer::http {

/// Who may manage users does so with all but itself: nobody takes its own rights, so one admin is always left.
/// Lifetime: outlives the router it was added to; users and throttle outlive it.
class UserRoutes {
public:
    UserRoutes(auth::Users& users, auth::LoginThrottle& throttle) : users_(users), throttle_(throttle) {}

    /// `rehearsed` answers dry runs, and outlives the router too.
    void add_to(Router& router, UserRoutes& rehearsed);

private:
    Task<Response> create(RequestContext context);
    Task<Response> list(RequestContext context);
    Task<Response> get(RequestContext context);
    Task<Response> set_roles(RequestContext context);
    Task<Response> disable(RequestContext context);
    Task<Response> enable(RequestContext context);
    Task<Response> set_password(RequestContext context);
    Task<Response> set_own_password(RequestContext context);
    /// nullopt: the password is the one that the user has now.
    Task<std::optional<Problem>> is_own_password(std::string name, std::string password, std::string address);

    auth::Users& users_;
    auth::LoginThrottle& throttle_;
};

}  // namespace treasurer::http
