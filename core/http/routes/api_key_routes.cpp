#include "http/routes/api_key_routes.hpp"

#include "http/json_body.hpp"
#include "http/routes/api_services.hpp"
#include "http/routes/dry_run.hpp"

namespace treasurer::http {
namespace {

using auth::Permission;

constexpr std::int64_t longest_lifetime_s = std::int64_t{100} * 366 * 86'400;

Json time_if_any(UnixMillis at_ms) {
    return at_ms > 0 ? Json(time_text(at_ms)) : Json(nullptr);
}

const char* state_of(const ApiKey& key, UnixMillis now) {
    if (key.revoked_ms > 0) return "revoked";
    return key.expires_ms <= now ? "expired" : "active";
}

Json shown_key(const ApiKey& key, UnixMillis now) {
    return {{"id", key.id},
            {"user", key.user},
            {"name", key.name},
            {"prefix", auth::shown_prefix(key)},
            {"scopes", key.scopes},
            {"status", state_of(key, now)},
            {"created_at", time_text(key.created_ms)},
            {"expires_at", time_text(key.expires_ms)},
            {"revoked_at", time_if_any(key.revoked_ms)},
            {"last_used_at", time_if_any(key.last_used_ms)}};
}

std::string all_names() {
    std::string out;
    for (int i = 0; i <= static_cast<int>(Permission::reset_metrics); ++i)
        out.append(out.empty() ? "" : ", ").append(to_string(static_cast<Permission>(i)));
    return out;
}

std::vector<Permission> scopes_of(const JsonValue& body, JsonBody& reader) {
    std::vector<Permission> out;
    const JsonValue* scopes = body.find("scopes");
    if (!scopes || !scopes->array() || scopes->array()->empty()) {
        reader.refuse("scopes", "is a list of at least one permission");
        return out;
    }
    for (const JsonValue& scope : *scopes->array()) {
        const auto permission = scope.string() ? auth::permission_from(*scope.string()) : std::nullopt;
        if (!permission)
            reader.refuse("scopes", "holds something that is none of " + all_names());
        else
            out.push_back(*permission);
    }
    return out;
}

Parsed<auth::ApiKeyWish> wish_of(const JsonValue& body) {
    JsonBody reader(body);
    reader.only({"name", "scopes", "expires_in_s"});
    auth::ApiKeyWish out;
    out.name = reader.required_text("name", 100);
    out.scopes = scopes_of(body, reader);
    if (const auto lifetime = reader.integer("expires_in_s", 1, longest_lifetime_s))
        out.lifetime = std::chrono::seconds(*lifetime);
    if (!reader.ok()) return reader.problem();
    return out;
}

auth::Actor actor_of(const RequestContext& context) {
    return {context.principal.user, context.request_id()};
}

/// A dry run makes no key.
void take_key(Json& key) {
    key["id"] = key["prefix"] = nullptr;
    key.erase("key");
}

bool sees_all(const RequestContext& context) {
    return context.principal.may(Permission::manage_users);
}

}  // namespace

void ApiKeyRoutes::add_to(Router& router, ApiKeyRoutes& rehearsed) {
    router.add({.method = "POST",
                .pattern = "/api/v1/api-keys",
                .name = "api_keys.create",
                .access = Access::signed_in(),
                .handler = with_dry_run(
                    [this](RequestContext context) { return create(std::move(context)); },
                    [&rehearsed](RequestContext context) { return rehearsed.create(std::move(context)); }, take_key),
                .consumes = json_only,
                .produces = json_only,
                .parameters = dry_run_only});
    router.add({.method = "GET",
                .pattern = "/api/v1/api-keys",
                .name = "api_keys.list",
                .access = Access::signed_in(),
                .handler = AsyncHandler([this](RequestContext context) { return list(std::move(context)); }),
                .produces = json_only,
                .parameters = {{"limit", "cursor", "user"}}});
    router.add(
        {.method = "DELETE",
         .pattern = "/api/v1/api-keys/{id}",
         .name = "api_keys.revoke",
         .access = Access::signed_in(),
         .handler = with_dry_run([this](RequestContext context) { return revoke(std::move(context)); },
                                 [&rehearsed](RequestContext context) { return rehearsed.revoke(std::move(context)); }),
         .produces = json_only,
         .parameters = dry_run_only});
}

Task<Response> ApiKeyRoutes::create(RequestContext context) {
    const auto body = json_object_of(context.request);
    if (!body) co_return respond(body.problem(), context);
    auto wish = wish_of(*body);
    if (!wish) co_return respond(wish.problem(), context);
    Task<atr::Result<auth::NewApiKey>> adding = keys_.add(context.principal, std::move(*wish), actor_of(context));
    const atr::Result<auth::NewApiKey> added = co_await adding;
    if (!added) co_return respond(problem_of(added.error()), context);
    Json shown = shown_key(added->record, clock_.unix_ms());
    shown["key"] = added->text;
    Response out = json_response(201, shown);
    out.headers.add("Cache-Control", "no-store");
    co_return out;
}

Task<Response> ApiKeyRoutes::list(RequestContext context) {
    const auto page = page_of(context);
    if (!page) co_return respond(page.problem(), context);
    std::optional<std::string> user;
    if (const auto asked = context.request.query_value("user")) user = std::string(*asked);
    if (!sees_all(context) && user.value_or(context.principal.user) != context.principal.user)
        co_return respond(Problem{.code = ErrorCode::forbidden, .detail = "Your roles show you your own keys."},
                          context);
    if (!sees_all(context)) user = context.principal.user;
    Task<atr::Result<Listing<ApiKey>>> listing = keys_.list(std::move(user), page->limit, page->cursor);
    const atr::Result<Listing<ApiKey>> found = co_await listing;
    if (!found) co_return list_failed(context, found.error());
    Json items = Json::array();
    for (const auto& key : found->items) items.push_back(shown_key(key, clock_.unix_ms()));
    co_return list_response(context, std::move(items), found->next_cursor);
}

Task<Response> ApiKeyRoutes::revoke(RequestContext context) {
    std::optional<std::string> only_of;
    if (!sees_all(context)) only_of = context.principal.user;
    Task<atr::Result<>> revoking =
        keys_.revoke(std::string(context.path_parameter("id")), std::move(only_of), actor_of(context));
    const atr::Result<> revoked = co_await revoking;
    if (!revoked) co_return respond(problem_of(revoked.error()), context);
    co_return Response::empty(204);
}

}  // namespace treasurer::http
