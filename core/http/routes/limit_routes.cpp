// GET and POST /api/settings/limit and /api/settings/limits.
#include "http/json_body.hpp"
#include "http/routes/api_services.hpp"
#include "http/routes/cached_answers.hpp"
#include "http/routes/dry_run.hpp"
#include "http/routes/encoded_answer.hpp"
#include "http/routes/policy_bounds.hpp"

namespace treasurer::http {
namespace {

using Shape = std::string (*)(const Policy&);

/// One line of what is cached, ready for whoever asks.
struct Limits {
    Limits(const ApiServices& services, bool is_first_line)
        : lines(cached_settings(services)), is_first(is_first_line) {}

    std::string line_of(std::string_view text) const {
        const auto end = std::min(text.find('\n'), text.size());
        return std::string(is_first ? text.substr(0, end) : text.substr(std::min(end + 1, text.size())));
    }

    const cache::CachedValue lines;
    const bool is_first;
    EncodedAnswer<CachedText> last;
};

std::optional<Response> peek_limits(const Limits& limits, const RequestContext& context) {
    const CachedText lines{limits.lines.peek()};
    if (!lines.text) return std::nullopt;
    const auto encoded = limits.last.find(lines);
    if (!encoded) {
        limits.lines.not_given();
        return std::nullopt;
    }
    return encoded->answer(context.request.headers.find("Accept-Encoding"));
}

Task<Response> get_cached_limits(Limits& limits, RequestContext context) {
    Task<atr::Result<cache::CacheService::Value>> getting = limits.lines.get();
    const atr::Result<cache::CacheService::Value> lines = co_await getting;
    if (!lines) co_return respond(problem_of(lines.error()), context);
    const auto encoded = limits.last.make({*lines}, limits.line_of(**lines));
    co_return encoded->answer(context.request.headers.find("Accept-Encoding"));
}

Task<Response> get_limits(const ApiServices& services, RequestContext context, Shape shape) {
    Task<atr::Result<Policy>> reading = services.policy.current();
    const atr::Result<Policy> policy = co_await reading;
    if (!policy) co_return respond(problem_of(policy.error()), context);
    co_return Response::json(200, shape(*policy));
}

/// The limit has two names, its own and that of the original; said by both, it must be one limit.
std::optional<atr::Decimal> limit_of(JsonBody& reader) {
    const std::optional<atr::Decimal> original = reader.decimal("new_limit");
    const std::optional<atr::Decimal> own = reader.decimal("auto_approval_limit");
    if (original) refuse_beyond(reader, "new_limit", *original, largest_limit);
    if (own) refuse_beyond(reader, "auto_approval_limit", *own, largest_limit);
    if (original && own && *original != *own) reader.refuse("new_limit", "is another limit than auto_approval_limit");
    return original ? original : own;
}

intake::PolicyChange change_of(JsonBody& reader) {
    reader.only({"new_limit", "auto_approval_limit", "critical_runway_months", "currency", "paused"});
    intake::PolicyChange out;
    out.auto_approval_limit = limit_of(reader);
    out.critical_runway_months = reader.decimal("critical_runway_months");
    out.asset = reader.text("currency", 64);
    out.paused = reader.boolean("paused");
    if (reader.ok() && !out.auto_approval_limit && !out.critical_runway_months && !out.paused)
        reader.refuse("auto_approval_limit", "give this, new_limit, critical_runway_months or paused");
    if (out.critical_runway_months)
        refuse_beyond(reader, "critical_runway_months", *out.critical_runway_months, longest_runway);
    return out;
}

Task<Response> set_limits(const ApiServices& services, RequestContext context, Shape shape) {
    const auto body = json_object_of(context.request);
    if (!body) co_return respond(body.problem(), context);
    JsonBody reader(*body);
    const intake::PolicyChange change = change_of(reader);
    if (!reader.ok()) co_return respond(reader.problem(), context);
    Task<atr::Result<Policy>> changing =
        services.policy.change(change, context.principal.user, context.request_id(), context.once);
    const atr::Result<Policy> policy = co_await changing;
    if (!policy) co_return respond(problem_of(policy.error()), context);
    co_return Response::json(200, shape(*policy));
}

}  // namespace

void add_limits(Router& router, const ApiServices& services, const ApiServices& rehearsed) {
    const auto add = [&](const char* pattern, const char* name, Shape shape) {
        const auto limits = std::make_shared<Limits>(services, shape == limits_json);
        router.add({.method = "GET",
                    .pattern = pattern,
                    .name = std::string(name) + ".get",
                    .access = Access::needs(auth::Permission::read),
                    .handler = AsyncHandler(
                        [limits](RequestContext context) { return get_cached_limits(*limits, std::move(context)); }),
                    .produces = json_only,
                    .parameters = no_parameters,
                    .peek = [limits](const RequestContext& context) { return peek_limits(*limits, context); }});
        router.add({.method = "POST",
                    .pattern = pattern,
                    .name = std::string(name) + ".set",
                    .access = Access::needs(auth::Permission::manage_policy),
                    .handler = with_dry_run(services, rehearsed,
                                            [shape](const ApiServices& with, RequestContext context) {
                                                return set_limits(with, std::move(context), shape);
                                            }),
                    .consumes = json_only,
                    .produces = json_only,
                    .parameters = dry_run_only,
                    .retell = [&services, shape](RequestContext context, const std::string& /*the only policy*/) {
                        return get_limits(services, std::move(context), shape);
                    }});
    };
    add("/api/settings/limit", "settings.limit", limit_json);
    add("/api/settings/limits", "settings.limits", limits_json);
}

}  // namespace treasurer::http
