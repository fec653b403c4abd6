#include "http/routes/user_routes.hpp"

#include "http/json_body.hpp"
#include "http/routes/api_services.hpp"
#include "http/routes/dry_run.hpp"

namespace treasurer::http {
namespace {

constexpr std::size_t longest_password = 1024;

Json shown_user(const User& user) {
    return {{"name", user.id},
            {"roles", user.roles},
            {"disabled", user.disabled},
            {"created_at", time_text(user.created_ms)}};
}

auth::Actor manager_of(const RequestContext& context) {
    return {context.principal.user, context.request_id()};
}

std::string name_in(const RequestContext& context) {
    return std::string(context.path_parameter("id"));
}

bool is_about_oneself(const RequestContext& context) {
    return name_in(context) == context.principal.user;
}

Response refused_for_oneself(const RequestContext& context) {
    return respond(Problem{.code = ErrorCode::conflict,
                           .detail = "Nobody does this to itself: another admin has to, and one's own password is "
                                     "changed by PUT /api/v1/password."},
                   context);
}

std::vector<auth::Role> roles_in(const JsonValue& body, JsonBody& reader) {
    std::vector<auth::Role> out;
    const JsonValue* roles = body.find("roles");
    if (!roles || !roles->array() || roles->array()->empty()) {
        reader.refuse("roles", "is a list of at least one role");
        return out;
    }
    for (const JsonValue& one : *roles->array()) {
        const auto role = one.string() ? auth::role_from(*one.string()) : std::nullopt;
        if (!role)
            reader.refuse("roles", "holds something that is none of viewer, submitter, approver, admin");
        else
            out.push_back(*role);
    }
    return out;
}

struct NewUser {
    std::string name, password;
    std::vector<auth::Role> roles;
};

Parsed<NewUser> new_user_of(const JsonValue& body) {
    JsonBody reader(body);
    reader.only({"name", "password", "roles"});
    NewUser out;
    out.name = reader.required_text("name", 64);
    out.password = reader.required_text("password", longest_password);
    out.roles = roles_in(body, reader);
    if (!reader.ok()) return reader.problem();
    return out;
}

}  // namespace

void UserRoutes::add_to(Router& router, UserRoutes& rehearsed) {
    const auto manage = Access::needs(auth::Permission::manage_users);
    using Member = Task<Response> (UserRoutes::*)(RequestContext);
    const auto bound = [](UserRoutes& routes, Member handler) {
        return AsyncHandler(
            [&routes, handler](RequestContext context) { return (routes.*handler)(std::move(context)); });
    };
    const auto route = [&](const char* method, const char* pattern, const char* name, Access access, Member handler) {
        Route out{
            .method = method, .pattern = pattern, .name = name, .access = access, .handler = bound(*this, handler)};
        out.produces = json_only;
        out.parameters = no_parameters;
        if (out.method == "GET") return out;
        out.handler = with_dry_run(bound(*this, handler), bound(rehearsed, handler));
        out.consumes = json_only;
        out.parameters = dry_run_only;
        return out;
    };
    router.add(route("POST", "/api/v1/users", "users.create", manage, &UserRoutes::create));
    Route listing = route("GET", "/api/v1/users", "users.list", manage, &UserRoutes::list);
    listing.parameters = {{"limit", "cursor"}};
    router.add(std::move(listing));
    router.add(route("GET", "/api/v1/users/{id}", "users.get", manage, &UserRoutes::get));
    router.add(route("PUT", "/api/v1/users/{id}/roles", "users.roles.set", manage, &UserRoutes::set_roles));
    router.add(route("POST", "/api/v1/users/{id}/disable", "users.disable", manage, &UserRoutes::disable));
    router.add(route("POST", "/api/v1/users/{id}/enable", "users.enable", manage, &UserRoutes::enable));
    router.add(route("PUT", "/api/v1/users/{id}/password", "users.password.set", manage, &UserRoutes::set_password));
    router.add(route("PUT", "/api/v1/password", "password.set", Access::signed_in(), &UserRoutes::set_own_password));
}

Task<Response> UserRoutes::create(RequestContext context) {
    const auto body = json_object_of(context.request);
    if (!body) co_return respond(body.problem(), context);
    auto wanted = new_user_of(*body);
    if (!wanted) co_return respond(wanted.problem(), context);
    Task<atr::Result<User>> adding =
        users_.add(std::move(wanted->name), std::move(wanted->password), std::move(wanted->roles), manager_of(context));
    const atr::Result<User> added = co_await adding;
    if (!added) co_return respond(problem_of(added.error()), context);
    Response out = json_response(201, shown_user(*added));
    out.headers.add("Location", "/api/v1/users/" + added->id);
    co_return out;
}

Task<Response> UserRoutes::list(RequestContext context) {
    const auto page = page_of(context);
    if (!page) co_return respond(page.problem(), context);
    Task<atr::Result<Listing<User>>> listing = users_.list(page->limit, page->cursor);
    const atr::Result<Listing<User>> found = co_await listing;
    if (!found) co_return list_failed(context, found.error());
    Json items = Json::array();
    for (const auto& user : found->items) items.push_back(shown_user(user));
    co_return list_response(context, std::move(items), found->next_cursor);
}

Task<Response> UserRoutes::get(RequestContext context) {
    Task<atr::Result<std::optional<User>>> finding = users_.find(name_in(context));
    const atr::Result<std::optional<User>> found = co_await finding;
    if (!found) co_return respond(problem_of(found.error()), context);
    if (!*found) co_return respond(Problem{.code = ErrorCode::not_found, .detail = "No user has this name."}, context);
    co_return json_response(200, shown_user(**found));
}

Task<Response> UserRoutes::set_roles(RequestContext context) {
    if (is_about_oneself(context)) co_return refused_for_oneself(context);
    const auto body = json_object_of(context.request);
    if (!body) co_return respond(body.problem(), context);
    JsonBody reader(*body);
    reader.only({"roles"});
    std::vector<auth::Role> roles = roles_in(*body, reader);
    if (!reader.ok()) co_return respond(reader.problem(), context);
    Task<atr::Result<User>> setting = users_.set_roles(name_in(context), std::move(roles), manager_of(context));
    const atr::Result<User> set = co_await setting;
    if (!set) co_return respond(problem_of(set.error()), context);
    co_return json_response(200, shown_user(*set));
}

Task<Response> UserRoutes::disable(RequestContext context) {
    if (is_about_oneself(context)) co_return refused_for_oneself(context);
    Task<atr::Result<User>> disabling = users_.disable(name_in(context), manager_of(context));
    const atr::Result<User> disabled = co_await disabling;
    if (!disabled) co_return respond(problem_of(disabled.error()), context);
    co_return json_response(200, shown_user(*disabled));
}

Task<Response> UserRoutes::enable(RequestContext context) {
    Task<atr::Result<User>> enabling = users_.enable(name_in(context), manager_of(context));
    const atr::Result<User> enabled = co_await enabling;
    if (!enabled) co_return respond(problem_of(enabled.error()), context);
    co_return json_response(200, shown_user(*enabled));
}

Task<Response> UserRoutes::set_password(RequestContext context) {
    if (is_about_oneself(context)) co_return refused_for_oneself(context);
    const auto body = json_object_of(context.request);
    if (!body) co_return respond(body.problem(), context);
    JsonBody reader(*body);
    reader.only({"password"});
    std::string password = reader.required_text("password", longest_password);
    if (!reader.ok()) co_return respond(reader.problem(), context);
    Task<atr::Result<User>> setting = users_.set_password(name_in(context), std::move(password), manager_of(context));
    const atr::Result<User> set = co_await setting;
    if (!set) co_return respond(problem_of(set.error()), context);
    co_return Response::empty(204);
}

Task<Response> UserRoutes::set_own_password(RequestContext context) {
    const std::string name = context.principal.user;
    const auto body = json_object_of(context.request);
    if (!body) co_return respond(body.problem(), context);
    JsonBody reader(*body);
    reader.only({"password", "current_password"});
    std::string password = reader.required_text("password", longest_password);
    std::string current = reader.required_text("current_password", longest_password);
    if (!reader.ok()) co_return respond(reader.problem(), context);
    Task<std::optional<Problem>> judging = is_own_password(name, std::move(current), client_key(context.client()));
    const std::optional<Problem> wrong = co_await judging;
    if (wrong) co_return respond(*wrong, context);
    Task<atr::Result<User>> setting = users_.set_password(name, std::move(password), manager_of(context));
    const atr::Result<User> set = co_await setting;
    if (!set) co_return respond(problem_of(set.error()), context);
    co_return Response::empty(204);
}

Task<std::optional<Problem>> UserRoutes::is_own_password(std::string name, std::string password, std::string address) {
    if (const std::optional<Millis> wait = throttle_.refuse(name, address))
        co_return Problem{.code = ErrorCode::login_throttled,
                          .detail = "Too many wrong passwords; wait before the next.",
                          .retry_after_s = static_cast<int>((wait->count() + 999) / 1000)};
    Task<atr::Result<User>> authenticating = users_.authenticate(name, std::move(password));
    const atr::Result<User> authenticated = co_await authenticating;
    if (authenticated) {
        throttle_.succeeded(name, address);
        co_return std::nullopt;
    }
    if (authenticated.error().code != ATR_E_AUTH) {
        throttle_.not_judged(name, address);
        co_return problem_of(authenticated.error());
    }
    co_return Problem{.code = ErrorCode::validation_failed,
                      .detail = "The current password is wrong.",
                      .errors = {{"/current_password", "is wrong"}}};
}

}  // namespace treasurer::http
