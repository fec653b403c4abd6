#include "http/auth_routes.hpp"

#include <algorithm>

#include "http/credentials.hpp"
#include "http/form.hpp"
#include "http/json_body.hpp"
#include "http/media_type.hpp"
#include "http/rate_limiter.hpp"
#include "http/same_origin.hpp"
#include "http/session_cookie.hpp"
#include "runtime/json_string.hpp"

namespace treasurer::http {
namespace {

constexpr std::size_t max_credential_bytes = 1024;

struct Credentials {
    std::string user, password;
};

Parsed<Credentials> from_json(const Request& request) {
    const auto object = json_object_of(request);
    if (!object) return object.problem();
    JsonBody body(*object);
    Credentials out;
    out.user = body.required_text("username", max_credential_bytes);
    out.password = body.required_text("password", max_credential_bytes);
    if (!body.ok()) return body.problem();
    return out;
}

Parsed<Credentials> from_form(const Request& request) {
    const auto form = form_of(request);
    if (!form) return form.problem();
    Problem problem{.code = ErrorCode::validation_failed, .detail = "The form has fields that cannot be used."};
    const auto field = [&](const char* name) -> std::string {
        const auto value = form->find(name);
        const auto count = std::count_if(form->parts.begin(), form->parts.end(),
                                         [&](const FormPart& part) { return part.name == name; });
        if (count > 1)
            problem.errors.push_back({std::string("/") + name, "is given twice"});
        else if (!value || value->empty())
            problem.errors.push_back({std::string("/") + name, "is required"});
        else if (value->size() > max_credential_bytes)
            problem.errors.push_back({std::string("/") + name, "may have at most 1024 bytes"});
        else
            return std::string(*value);
        return {};
    };
    Credentials out;
    out.user = field("username");
    out.password = field("password");
    if (form->find("dry_run")) problem.errors.push_back({"/dry_run", "is not known here: nobody signs in to try it"});
    if (!problem.errors.empty()) return problem;
    return out;
}

Parsed<Credentials> credentials_of(const Request& request) {
    const auto header = request.headers.find("Content-Type");
    const auto type = header ? parse_media_type(*header) : std::nullopt;
    if (type && type->name == "application/json") return from_json(request);
    return from_form(request);
}

Response granted(const auth::IssuedToken& token) {
    std::string body = R"({"access_token":)";
    append_json_string(body, token.text);
    body += R"(,"token_type":"bearer","expires_in":)" + std::to_string(token.expires_in.count()) + '}';
    return Response::json(200, std::move(body));
}

Response opened(const User& user, const auth::IssuedToken& token) {
    std::string body = R"({"user":)";
    append_json_string(body, user.id);
    body += R"(,"roles":[)";
    for (const auto& role : user.roles) {
        if (!body.ends_with('[')) body += ',';
        append_json_string(body, role);
    }
    body += R"(],"expires_in":)" + std::to_string(token.expires_in.count()) + '}';
    return Response::json(200, std::move(body));
}

Problem throttled(Millis wait) {
    return {.code = ErrorCode::login_throttled,
            .detail = "Too many failed sign-ins; wait before the next.",
            .retry_after_s = static_cast<int>((wait.count() + 999) / 1000)};
}

Problem refused(const atr::Error& error) {
    if (error.outcome == atr::Outcome::rejected && error.code == ATR_E_AUTH)
        return {.code = ErrorCode::wrong_credentials, .detail = "The user name or the password is wrong."};
    return problem_of(error);
}

}  // namespace

void AuthRoutes::add_to(Router& router) {
    const std::vector<std::string> credentials{"application/x-www-form-urlencoded", "multipart/form-data",
                                               "application/json"};
    router.add({.method = "POST",
                .pattern = "/token",
                .name = "token",
                .access = Access::anyone(),
                .handler = AsyncHandler([this](RequestContext context) { return sign_in(std::move(context)); }),
                .max_body_bytes = std::size_t{16} * 1024,
                .consumes = credentials,
                .produces = {"application/json"}});
    router.add({.method = "POST",
                .pattern = "/logout",
                .name = "logout",
                .access = Access::signed_in(),
                .handler = AsyncHandler([this](RequestContext context) { return sign_out(std::move(context)); }),
                .consumes = {"application/json"},
                .produces = {"application/json"}});
    router.add({.method = "POST",
                .pattern = "/session",
                .name = "session.open",
                .access = Access::anyone(),
                .handler = AsyncHandler([this](RequestContext context) { return open_session(std::move(context)); }),
                .max_body_bytes = std::size_t{16} * 1024,
                .consumes = credentials,
                .produces = {"application/json"}});
    router.add({.method = "DELETE",
                .pattern = "/session",
                .name = "session.close",
                .access = Access::anyone(),
                .handler = AsyncHandler([this](RequestContext context) { return close_session(std::move(context)); }),
                .max_body_bytes = std::size_t{16} * 1024,
                .produces = {"application/json"}});
}

Task<Parsed<User>> AuthRoutes::known_user(std::string user, std::string password, std::string address) {
    const std::string client = client_key(address);
    if (const std::optional<Millis> wait = throttle_.refuse(user, client)) co_return throttled(*wait);
    Task<atr::Result<User>> authenticating = users_.authenticate(user, std::move(password));
    atr::Result<User> authenticated = co_await authenticating;
    if (!authenticated) {
        if (authenticated.error().code != ATR_E_AUTH) throttle_.not_judged(user, client);
        co_return refused(authenticated.error());
    }
    throttle_.succeeded(user, client);
    co_return std::move(*authenticated);
}

Task<Response> AuthRoutes::sign_in(RequestContext context) {
    Parsed<Credentials> credentials = credentials_of(context.request);
    if (!credentials) co_return respond(credentials.problem(), context);
    Task<Parsed<User>> asking =
        known_user(std::move(credentials->user), std::move(credentials->password), context.client());
    Parsed<User> user = co_await asking;
    if (!user) co_return respond(user.problem(), context);
    co_return granted(tokens_.issue(*user));
}

/// Another site's page must not sign a browser in either: what is then typed would be in somebody else's account.
Task<Response> AuthRoutes::open_session(RequestContext context) {
    Parsed<Credentials> credentials = credentials_of(context.request);
    if (!credentials) co_return respond(credentials.problem(), context);
    if (const std::optional<Problem> problem = cross_site_problem(context.request))
        co_return respond(*problem, context);
    Task<Parsed<User>> asking =
        known_user(std::move(credentials->user), std::move(credentials->password), context.client());
    Parsed<User> user = co_await asking;
    if (!user) co_return respond(user.problem(), context);
    const auth::IssuedToken token = tokens_.issue(*user);
    Response response = opened(*user, token);
    give_session_cookie(response, context.request, token);
    co_return response;
}

Task<Response> AuthRoutes::sign_out(RequestContext context) {
    Task<atr::Result<>> revoking = tokens_.revoke(context.principal);
    atr::Result<> revoked = co_await revoking;
    if (!revoked) co_return respond(problem_of(revoked.error()), context);
    Response response = Response::json(200, std::string(R"({"status":"logged_out"})"));
    end_session_cookie(response, context.request);
    co_return response;
}

/// A token that does not hold any more needs no end.
Task<atr::Result<>> AuthRoutes::end_token(std::string token) {
    Task<atr::Result<auth::Principal>> checking = tokens_.check(std::move(token));
    atr::Result<auth::Principal> principal = co_await checking;
    if (!principal && principal.error().code == ATR_E_AUTH) co_return atr::Result<>();
    if (!principal) co_return principal.error();
    Task<atr::Result<>> revoking = tokens_.revoke(std::move(*principal));
    co_return co_await revoking;
}

/// For anyone: a browser must get rid of a cookie that is good for nothing.
Task<Response> AuthRoutes::close_session(RequestContext context) {
    const Request& request = context.request;
    std::vector<std::string> tokens = session_tokens_of(request);
    const Parsed<std::optional<Credential>> credential = credential_of(request);
    const Parsed<std::optional<std::string_view>> session = session_cookie_of(request);
    const bool has_cookie = !session || session->has_value();
    if (const std::optional<Problem> problem = has_cookie ? cross_site_problem(request) : std::nullopt)
        co_return respond(*problem, context);
    const bool has_token = !has_cookie && credential && *credential;
    if (has_token && (*credential)->kind == Credential::Kind::token) tokens.emplace_back((*credential)->text);
    for (std::string& token : tokens) {
        Task<atr::Result<>> ending = end_token(std::move(token));
        const atr::Result<> ended = co_await ending;
        if (!ended) co_return respond(problem_of(ended.error()), context);
    }
    Response response = Response::empty(204);
    end_session_cookie(response, request);
    co_return response;
}

}  // namespace treasurer::http
