#include "http/auth_routes.hpp"

#include "http/form.hpp"
#include "http/json_body.hpp"
#include "http/media_type.hpp"
#include "http/rate_limiter.hpp"
#include "observe/json_text.hpp"

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
        if (!value || value->empty())
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
    observe::append_json_string(body, token.text);
    body += R"(,"token_type":"bearer","expires_in":)" + std::to_string(token.expires_in.count()) + '}';
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
    router.add({.method = "POST",
                .pattern = "/token",
                .name = "token",
                .access = Access::anyone(),
                .handler = AsyncHandler([this](RequestContext context) { return sign_in(std::move(context)); }),
                .max_body_bytes = std::size_t{16} * 1024,
                .consumes = {"application/x-www-form-urlencoded", "multipart/form-data", "application/json"},
                .produces = {"application/json"}});
    router.add({.method = "POST",
                .pattern = "/logout",
                .name = "logout",
                .access = Access::signed_in(),
                .handler = AsyncHandler([this](RequestContext context) { return sign_out(std::move(context)); }),
                .consumes = {"application/json"},
                .produces = {"application/json"}});
}

Task<Response> AuthRoutes::sign_in(RequestContext context) {
    Parsed<Credentials> credentials = credentials_of(context.request);
    if (!credentials) co_return respond(credentials.problem(), context);
    const std::string user = credentials->user;
    const std::string client = client_key(context.client());
    if (const std::optional<Millis> wait = throttle_.refuse(user, client)) co_return respond(throttled(*wait), context);
    std::string password = std::move(credentials->password);
    Task<atr::Result<User>> authenticating = users_.authenticate(user, std::move(password));
    atr::Result<User> authenticated = co_await authenticating;
    if (!authenticated) {
        if (authenticated.error().code != ATR_E_AUTH) throttle_.not_judged(user, client);
        co_return respond(refused(authenticated.error()), context);
    }
    throttle_.succeeded(user, client);
    co_return granted(tokens_.issue(*authenticated));
}

Task<Response> AuthRoutes::sign_out(RequestContext context) {
    Task<atr::Result<>> revoking = tokens_.revoke(context.principal);
    atr::Result<> revoked = co_await revoking;
    if (!revoked) co_return respond(problem_of(revoked.error()), context);
    co_return Response::json(200, std::string(R"({"status":"logged_out"})"));
}

}  // namespace treasurer::http
