// GET /api/dashboard and /api/dashboard/logs.
#include "http/routes/api_services.hpp"
#include "http/routes/cached_answers.hpp"
#include "http/routes/encoded_answer.hpp"
#include "treasury/dashboard_parts.hpp"

#include <charconv>
#include <tuple>

namespace treasurer::http {
namespace {

using cache::CachedValue;
using Value = cache::CacheService::Value;

/// Each part is as true as storage; together they are the dashboard.
struct DashboardParts {
    CachedText figures, waiting, policy;
    std::optional<treasury::BooksCheck> books;
    bool operator==(const DashboardParts&) const = default;
};

struct DashboardSource {
    explicit DashboardSource(const ApiServices& of)
        : services(of), figures(cached_balance(of)), waiting(cached_waiting(of)), policy(cached_policy(of)) {}

    const ApiServices& services;
    const CachedValue figures, waiting, policy;
    EncodedAnswer<DashboardParts> last;
};

/// Never cached: it is at hand, and people look here for what it says now.
std::optional<treasury::BooksCheck> books_of(const ApiServices& services) {
    const auto report = services.reconciliation.last();
    if (!report) return std::nullopt;
    const bool is_late = services.clock.unix_ms() - report->as_of_ms > services.settings.books_late_after.count();
    return treasury::BooksCheck{
        .equal = report->equal(), .breaks = report->breaks_total, .as_of_ms = report->as_of_ms, .is_late = is_late};
}

/// Everybody is given the same one until something happens: it is hashed and compressed once.
Response answer_with(const EncodedBody& body, const RequestContext& context) {
    Response out = body.answer(context.request.headers.find("Accept-Encoding"));
    out.of_cache = true;
    return out;
}

atr::Result<std::shared_ptr<const EncodedBody>> encoded_of(DashboardSource& source, DashboardParts parts) {
    if (auto last = source.last.find(parts)) return last;
    const auto dashboard = treasury::dashboard_of(*parts.figures.text, *parts.waiting.text, *parts.policy.text);
    if (!dashboard) return dashboard.error();
    std::string body = treasury::to_json(*dashboard, parts.books);
    return source.last.make(std::move(parts), std::move(body));
}

std::optional<Response> peek_dashboard(DashboardSource& source, const RequestContext& context) {
    DashboardParts parts;
    const std::string_view user = context.principal.user;
    const std::tuple<const CachedValue*, std::string_view, CachedText*> wanted[] = {
        {&source.figures, user, &parts.figures},
        {&source.waiting, user, &parts.waiting},
        {&source.policy, "", &parts.policy}};
    const auto without_use = [&] {
        for (const auto& [value, whom, part] : wanted)
            if (part->text) value->not_given();
        return std::nullopt;
    };
    // Each is asked whatever came of the others: how often it is read decides how long it may lag.
    bool all_at_hand = true;
    for (const auto& [value, whom, part] : wanted) {
        part->text = value->peek(whom);
        all_at_hand = all_at_hand && part->text;
    }
    if (!all_at_hand) return without_use();
    parts.books = books_of(source.services);
    const auto encoded = encoded_of(source, parts);
    if (!encoded) return without_use();
    return answer_with(**encoded, context);
}

/// The policy, which says whether payments are stopped, is shown to nobody as it was.
Task<atr::Result<DashboardParts>> parts_of(const DashboardSource& source, std::string reader) {
    DashboardParts out;
    const std::tuple<const CachedValue*, std::string, CachedText*> wanted[] = {{&source.figures, reader, &out.figures},
                                                                               {&source.waiting, reader, &out.waiting},
                                                                               {&source.policy, "", &out.policy}};
    for (const auto& [value, whom, part] : wanted) {
        Task<atr::Result<Value>> getting = value->get(whom);
        const atr::Result<Value> got = co_await getting;
        if (!got) co_return got.error();
        part->text = *got;
    }
    out.books = books_of(source.services);
    co_return out;
}

Task<Response> get_dashboard(DashboardSource& source, RequestContext context) {
    Task<atr::Result<DashboardParts>> getting = parts_of(source, context.principal.user);
    atr::Result<DashboardParts> parts = co_await getting;
    if (!parts) co_return respond(problem_of(parts.error()), context);
    const auto encoded = encoded_of(source, std::move(*parts));
    if (!encoded) co_return respond(problem_of(encoded.error()), context);
    co_return answer_with(**encoded, context);
}

struct NewestLogs {
    explicit NewestLogs(const ApiServices& services) : page(cached_newest_logs(services)) {}

    const CachedValue page;
    EncodedAnswer<CachedText> last;
};

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

Response logs_response(Response page, const RequestContext& context, std::string_view next_cursor) {
    if (!next_cursor.empty()) page.headers.add("Link", next_link(context, std::string(next_cursor)));
    return page;
}

std::string_view next_cursor_in(std::string_view page) {
    return page.substr(0, page.find('\n'));
}

/// The newest lines, whoever asks.
std::optional<Response> peek_logs(const NewestLogs& newest, const RequestContext& context) {
    if (!context.request.query.empty()) return std::nullopt;
    const CachedText page{newest.page.peek(context.principal.user)};
    if (!page.text) return std::nullopt;
    const auto encoded = newest.last.find(page);
    if (!encoded) {
        newest.page.not_given();
        return std::nullopt;
    }
    return logs_response(answer_with(*encoded, context), context, next_cursor_in(*page.text));
}

Task<Response> get_newest_logs(NewestLogs& newest, RequestContext context) {
    Task<atr::Result<Value>> getting = newest.page.get(context.principal.user);
    atr::Result<Value> got = co_await getting;
    if (!got) co_return respond(problem_of(got.error()), context);
    const auto page = treasury::LogsPage::from_text(**got);
    if (!page) co_return respond(problem_of(atr::rejected(ATR_E_CORRUPT, "the cached log cannot be read")), context);
    const auto encoded = newest.last.make({*got}, page->json);
    co_return logs_response(answer_with(*encoded, context), context, page->next_cursor);
}

Task<Response> get_logs(const ApiServices& services, NewestLogs& newest, RequestContext context) {
    const auto request = logs_request(context);
    if (!request) co_return respond(request.problem(), context);
    if (*request == treasury::LogsRequest{}) {
        Task<Response> getting = get_newest_logs(newest, std::move(context));
        co_return co_await getting;
    }
    Task<atr::Result<treasury::LogsPage>> reading = services.logs.read(*request);
    atr::Result<treasury::LogsPage> page = co_await reading;
    if (!page) {
        if (!request->cursor.empty()) co_return list_failed(context, page.error());
        co_return respond(problem_of(page.error()), context);
    }
    co_return logs_response(Response::json(200, std::move(page->json)), context, page->next_cursor);
}

}  // namespace

void add_dashboard(Router& router, const ApiServices& services) {
    const auto source = std::make_shared<DashboardSource>(services);
    const auto newest = std::make_shared<NewestLogs>(services);
    const auto read = Access::needs(auth::Permission::read);
    router.add({.method = "GET",
                .pattern = "/api/dashboard",
                .name = "dashboard",
                .access = read,
                .handler = AsyncHandler(
                    [source](RequestContext context) { return get_dashboard(*source, std::move(context)); }),
                .produces = json_only,
                .parameters = no_parameters,
                .peek = [source](const RequestContext& context) { return peek_dashboard(*source, context); }});
    router.add({.method = "GET",
                .pattern = "/api/dashboard/logs",
                .name = "dashboard.logs",
                .access = read,
                .handler = AsyncHandler([&services, newest](RequestContext context) {
                    return get_logs(services, *newest, std::move(context));
                }),
                .produces = json_only,
                .parameters = std::vector<std::string>{"limit", "page", "cursor", "created_from", "created_to"},
                .peek = [newest](const RequestContext& context) { return peek_logs(*newest, context); }});
}

}  // namespace treasurer::http
