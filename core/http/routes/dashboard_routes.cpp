// GET /api/dashboard and /api/dashboard/logs.
#include "http/routes/api_services.hpp"
#include "http/routes/dashboard_snapshot.hpp"

#include <charconv>

namespace treasurer::http {
namespace {

Task<atr::Result<std::string>> load_dashboard(const ApiServices& services) {
    Task<atr::Result<treasury::Dashboard>> reading =
        services.dashboard.read(services.settings.asset, services.settings.rail);
    atr::Result<treasury::Dashboard> dashboard = co_await reading;
    if (!dashboard) co_return dashboard.error();
    co_return treasury::to_json_without_books(*dashboard);
}

/// Never cached: it is at hand, and people look here for what it says now.
std::optional<treasury::BooksCheck> books_of(const ApiServices& services) {
    const auto report = services.reconciliation.last();
    if (!report) return std::nullopt;
    const bool is_late = services.clock.unix_ms() - report->as_of_ms > services.settings.books_late_after.count();
    return treasury::BooksCheck{
        .equal = report->equal(), .breaks = report->breaks_total, .as_of_ms = report->as_of_ms, .is_late = is_late};
}

/// Everybody is given the same one until something happens: it is hashed and compressed once.
Response answer_with(const EncodedBody& dashboard, const RequestContext& context) {
    return dashboard.answer(context.request.headers.find("Accept-Encoding"));
}

std::optional<Response> peek_dashboard(const ApiServices& services, const DashboardSnapshot& snapshot,
                                       const RequestContext& context) {
    const auto figures = services.cache.peek(cache::treasury_dashboard);
    if (!figures) return std::nullopt;
    const auto encoded = snapshot.find(*figures, books_of(services));
    if (!encoded) return std::nullopt;
    return answer_with(*encoded, context);
}

Task<Response> get_dashboard(const ApiServices& services, DashboardSnapshot& snapshot, RequestContext context) {
    Task<atr::Result<std::string>> loading =
        services.cache.get_or_load(cache::treasury_dashboard, [&services] { return load_dashboard(services); });
    atr::Result<std::string> body = co_await loading;
    if (!body) co_return respond(problem_of(body.error()), context);
    const std::shared_ptr<const EncodedBody> encoded = snapshot.make(std::move(*body), books_of(services));
    co_return answer_with(*encoded, context);
}

Parsed<treasury::LogsRequest> logs_request(const RequestContext& context) {
    treasury::LogsRequest out;
    const auto read = [&](const char* name, std::uint32_t& value) {
        const auto text = context.request.query_value(name);
        if (!text) return true;
        const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
        return error == std::errc{} && end == text->data() + text->size() && value > 0;
    };
    if (!read("limit", out.limit) || out.limit > treasury::Logs::max_limit)
        return Problem{.code = ErrorCode::validation_failed,
                       .detail = "limit is a whole number from 1 to 50.",
                       .errors = {{"/limit", "out of range"}}};
    if (!read("page", out.page))
        return Problem{.code = ErrorCode::validation_failed,
                       .detail = "page is a whole number from 1.",
                       .errors = {{"/page", "out of range"}}};
    out.cursor = std::string(context.request.query_value("cursor").value_or(""));
    const auto range = created_range_of(context);
    if (!range) return range.problem();
    out.from_ms = range->from_ms;
    out.to_ms = range->to_ms;
    return out;
}

Task<Response> get_logs(const ApiServices& services, RequestContext context) {
    const auto request = logs_request(context);
    if (!request) co_return respond(request.problem(), context);
    Task<atr::Result<treasury::LogsPage>> reading = services.logs.read(*request);
    atr::Result<treasury::LogsPage> page = co_await reading;
    if (!page) {
        if (!request->cursor.empty()) co_return list_failed(context, page.error());
        co_return respond(problem_of(page.error()), context);
    }
    Response out = Response::json(200, std::move(page->json));
    if (!page->next_cursor.empty()) out.headers.add("Link", next_link(context, page->next_cursor));
    co_return out;
}

}  // namespace

void add_dashboard(Router& router, const ApiServices& services) {
    const auto snapshot = std::make_shared<DashboardSnapshot>();
    const auto read = Access::needs(auth::Permission::read);
    router.add({.method = "GET",
                .pattern = "/api/dashboard",
                .name = "dashboard",
                .access = read,
                .handler = AsyncHandler([&services, snapshot](RequestContext context) {
                    return get_dashboard(services, *snapshot, std::move(context));
                }),
                .produces = json_only,
                .parameters = no_parameters,
                .peek = [&services, snapshot](const RequestContext& context) {
                    return peek_dashboard(services, *snapshot, context);
                }});
    router.add({.method = "GET",
                .pattern = "/api/dashboard/logs",
                .name = "dashboard.logs",
                .access = read,
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return get_logs(services, std::move(context)); }),
                .produces = json_only,
                .parameters = std::vector<std::string>{"limit", "page", "cursor", "created_from", "created_to"}});
}

}  // namespace treasurer::http
