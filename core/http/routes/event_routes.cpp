#include "http/routes/event_routes.hpp"

#include <algorithm>
#include <charconv>

#include "http/event_stream.hpp"

namespace treasurer::http {
namespace {

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return out;
}

/// A token may have been admitted on what was known this long ago, see auth::TokenSettings::max_age; with some room.
constexpr Millis token_memory{5000};

/// What the request asks for. Without a cursor: from now on.
struct Wish {
    std::optional<std::uint64_t> cursor = std::nullopt;
    bool is_poll = false;
    Millis wait{0};
};

Problem bad_parameter(const char* pointer, const char* detail) {
    return {.code = ErrorCode::validation_failed,
            .detail = "The query has parameters that cannot be used.",
            .errors = {{pointer, detail}}};
}

Parsed<Wish> wish_of(const Request& request, const EventSettings& settings) {
    Wish out{.wait = settings.wait};
    const auto after = request.query_value("after");
    const auto wait = request.query_value("wait");
    out.is_poll = after || wait;
    if (out.is_poll) {
        out.cursor = number_of(after.value_or(""));
        if (!out.cursor) return bad_parameter("/after", "is the version of an event, or 0");
        const auto seconds = wait ? number_of(*wait) : std::nullopt;
        if (wait && (!seconds || *seconds > static_cast<std::uint64_t>(settings.longest_wait.count()) / 1000))
            return bad_parameter("/wait", "is a whole number of seconds from 0 to 60");
        if (seconds) out.wait = Millis(static_cast<std::int64_t>(*seconds) * 1000);
        return out;
    }
    if (const auto last = request.headers.find("Last-Event-ID")) {
        out.cursor = number_of(*last);
        if (!out.cursor)
            return Problem{.code = ErrorCode::bad_request,
                           .detail = "Last-Event-ID is not the id of an event of ours."};
    }
    return out;
}

/// Where a listener begins who comes from further back than memory reaches, or from a host that is further: the store
/// itself is asked.
ListenFrom begin_from(const atr::Result<atr::Changes>& changes, std::uint64_t cursor, const EventHub::Place& place,
                      std::vector<Event>& backlog) {
    ListenFrom out{.cursor = place.position, .generation = place.generation};
    // The feed is not kept that far back, or the store has lost what this listener was told of.
    out.is_reset = !changes || changes->last_seq < cursor;
    if (out.is_reset) return out;
    backlog = events_of(changes->records);
    out.cursor = changes->last_seq;
    out.comes_again = out.cursor < place.floor;
    return out;
}

Response stream_response(std::shared_ptr<ResponseStream> stream, const char* type) {
    Response out{.status = 200};
    out.headers.add("Content-Type", type);
    out.headers.add("Cache-Control", "no-store");
    out.headers.add("X-Accel-Buffering", "no");  // nginx would keep events back until it has some kilobytes of them
    out.stream = std::move(stream);
    return out;
}

Listener listener_of(const EventServices& services, const auth::Principal& principal, std::uint64_t seen_sign_outs,
                     Millis longest) {
    if (principal.token_id.empty()) longest = std::min(longest, services.settings.longest_unannounced);
    Millis left = longest;
    if (principal.token_expires_ms > 0)
        left = std::min(left, Millis(std::max<std::int64_t>(principal.token_expires_ms - services.clock.unix_ms(), 0)));
    return {principal.user, principal.token_id, seen_sign_outs, std::chrono::steady_clock::now() + left};
}

Response begin_answer(const EventServices& services, const RequestContext& context, const Wish& wish, ListenFrom from,
                      const std::vector<Event>& backlog, std::uint64_t seen_sign_outs) {
    const bool has_answer = from.is_reset || !backlog.empty() || from.comes_again;
    if (wish.is_poll && has_answer)
        return Response::json(200, EventPoll::answer(json_of(backlog, 0), from.cursor, from.is_reset));
    const auto longest = wish.is_poll ? wish.wait : services.settings.longest_stream;
    auto listener = listener_of(services, context.principal, seen_sign_outs, longest);
    if (wish.is_poll)
        return stream_response(std::make_shared<EventPoll>(services.hub, std::move(listener), std::move(from)),
                               "application/json");
    from.backlog = sse_of(backlog, 0);
    return stream_response(std::make_shared<EventStream>(services.hub, std::move(listener), std::move(from),
                                                         std::chrono::steady_clock::now()),
                           "text/event-stream");
}

/// A number that a client makes up is asked about, not asked from: a feed that ends before where it was to begin would
/// be the storage's fault.
Task<atr::Result<atr::Changes>> changes_after(const EventServices& services, std::uint64_t cursor,
                                              CallOptions options) {
    Task<atr::Result<atr::Changes>> looking = services.storage.changes(0, 0, options);
    const atr::Result<atr::Changes> end = co_await looking;
    if (!end || end->last_seq < cursor) co_return end;
    Task<atr::Result<atr::Changes>> asking =
        services.storage.changes(cursor, services.settings.backlog, std::move(options));
    atr::Result<atr::Changes> changes = co_await asking;
    co_return changes;
}

Task<Response> get_events(const EventServices& services, RequestContext context) {
    const auto wish = wish_of(context.request, services.settings);
    if (!wish) co_return respond(wish.problem(), context);
    const auto now = std::chrono::steady_clock::now();
    const std::uint64_t seen_sign_outs = services.hub->sign_outs_until(now - token_memory);
    const auto place = services.hub->place();
    if (!place)
        co_return respond(
            Problem{
                .code = ErrorCode::unavailable, .detail = "The store's changes are not read yet.", .retry_after_s = 1},
            context);
    const std::uint64_t cursor = wish->cursor.value_or(place->position);
    std::vector<Event> backlog;
    ListenFrom from{.cursor = cursor, .generation = place->generation};
    if (cursor < place->floor || cursor > place->position) {
        CallOptions options;
        options.timeout = services.settings.storage_timeout;
        Task<atr::Result<atr::Changes>> asking = changes_after(services, cursor, options);
        const atr::Result<atr::Changes> changes = co_await asking;
        if (!changes && changes.outcome() != atr::Outcome::not_found)
            co_return respond(problem_of(changes.error()), context);
        from = begin_from(changes, cursor, *place, backlog);
    }
    co_return begin_answer(services, context, *wish, std::move(from), backlog, seen_sign_outs);
}

}  // namespace

void add_events(Router& router, const EventServices& services) {
    router.add({.method = "GET",
                .pattern = "/api/v1/events",
                .name = "events",
                .access = Access::needs(auth::Permission::read),
                .handler = AsyncHandler(
                    [&services](RequestContext context) { return get_events(services, std::move(context)); }),
                .produces = {"text/event-stream", "application/json"},
                .parameters = std::vector<std::string>{"after", "wait"}});
}

}  // namespace treasurer::http
