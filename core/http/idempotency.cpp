#include "http/idempotency.hpp"

#include "auth/digest.hpp"
#include "http/conditional.hpp"
#include "http/form.hpp"
#include "http/media_type.hpp"

#include <algorithm>

namespace treasurer::http {
namespace {

constexpr std::size_t longest_key = 255;

bool is_well_formed(std::string_view key) {
    return !key.empty() && key.size() <= longest_key &&
           std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// Each part with its length, so that no two lists of parts give the same digest.
std::string digest_of(const std::vector<std::string_view>& parts) {
    auth::Sha256 digest;
    for (const std::string_view part : parts) {
        digest.add(std::to_string(part.size()) + ":");
        digest.add(part);
    }
    return digest.hex();
}

/// What a body says: of a form in parts, the parts, since clients draw a new boundary between them for every try.
std::string body_hash(const Request& request) {
    const std::string_view type = request.headers.find("Content-Type").value_or("");
    const auto media = parse_media_type(type);
    if (media && media->name == "multipart/form-data")
        if (const auto form = form_of(request)) {
            std::vector<std::string_view> parts;
            for (const auto& part : form->parts)
                parts.insert(parts.end(), {part.name, part.filename, part.media_type, part.value});
            return digest_of(parts);
        }
    return digest_of({type, request.body});
}

std::string request_hash(const Request& request) {
    const std::string body = body_hash(request), expected = list_field(request.headers, "If-Match");
    std::vector<std::string_view> parts{request.path, body, expected};
    for (const auto& parameter : request.query) {
        parts.push_back(parameter.name);
        parts.push_back(parameter.value);
    }
    return digest_of(parts);
}

/// All that is needed to tell an answer again: everything but the body, which the handler takes with it.
RequestContext without_body(const RequestContext& context) {
    const Request& from = context.request;
    RequestContext out;
    out.request.method = from.method;
    out.request.target = from.target;
    out.request.path = from.path;
    out.request.query = from.query;
    out.request.version = from.version;
    out.request.host = from.host;
    out.request.headers = from.headers;
    out.request.remote_address = from.remote_address;
    out.request.request_id = from.request_id;
    out.request.arrival = from.arrival;
    out.request.keep_alive = from.keep_alive;
    out.principal = context.principal;
    out.path_parameters = context.path_parameters;
    return out;
}

bool is_worth_keeping(int status) {
    return status != 500 && status != 503 && status != 504;
}

void keep(IdempotencyRecord& record, const Response& response) {
    record.finished = true;
    record.status = response.status;
    record.body = std::string(response.content());
    record.headers.clear();
    for (std::size_t i = 0; i < response.headers.size(); ++i)
        record.headers.emplace_back(response.headers[i].name, response.headers[i].value);
}

Response replayed(const IdempotencyRecord& record) {
    Response out;
    out.status = record.status;
    out.body = record.body;
    for (const auto& [name, value] : record.headers) out.headers.add(name, value);
    out.headers.set("Idempotency-Replayed", "true");
    return out;
}

Problem malformed_key() {
    return {.code = ErrorCode::bad_request,
            .detail = "Idempotency-Key has 1 to " + std::to_string(longest_key) + " printable ASCII characters."};
}
Problem used_for_another() {
    return {.code = ErrorCode::idempotency_mismatch,
            .detail = "This Idempotency-Key was used for another request; take a new key for a new request."};
}
Problem still_at_work() {
    return {.code = ErrorCode::idempotency_in_progress,
            .detail = "A request with this Idempotency-Key is still being worked on; send it again later.",
            .retry_after_s = 2};
}

}  // namespace

Task<Response> Idempotency::answer(const Route& route, RequestContext context) {
    const std::string key(context.request.headers.find("Idempotency-Key").value_or(""));
    if (!is_well_formed(key)) co_return respond(malformed_key(), context);
    const Asked asked{digest_of({context.principal.user, route.name, key}), request_hash(context.request)};
    const UnixMillis deadline_ms = clock_.unix_ms() + settings_.wait.count();
    RequestContext kept = without_body(context);
    bool handled = false;
    for (;;) {
        {
            Task<std::optional<Turn>> entering = enter(asked.id, deadline_ms);
            const std::optional<Turn> turn = co_await entering;
            if (!turn) co_return respond(still_at_work(), kept);
            Task<atr::Result<std::optional<IdempotencyRecord>>> finding = store_.find<IdempotencyRecord>(asked.id);
            const atr::Result<std::optional<IdempotencyRecord>> found = co_await finding;
            if (!found) co_return respond(problem_of(found.error()), kept);
            const bool is_known = *found && (*found)->expires_ms > clock_.unix_ms();
            if (!is_known && handled) co_return respond(still_at_work(), kept);  // removed in between
            if (!is_known) {
                handled = true;
                IdempotencyRecord record = begun(asked, *found ? (*found)->version : 0);
                const std::string attempt = record.attempt;
                context.once = Once(std::move(record));
                const AsyncHandler& handler = std::get<AsyncHandler>(route.handler);
                Task<Response> handling = handler(std::move(context));
                Response answered = co_await handling;
                Task<std::optional<Response>> finishing = finish(asked.id, attempt, std::move(answered));
                std::optional<Response> finished = co_await finishing;
                if (finished) co_return std::move(*finished);
                continue;  // a request to another host was first
            }
            const IdempotencyRecord& record = **found;
            if (record.request_hash != asked.request_hash) co_return respond(used_for_another(), kept);
            if (record.finished) co_return replayed(record);
            if (clock_.unix_ms() >= record.busy_until_ms) {
                Task<Response> telling = tell_again(route, std::move(kept), record);
                co_return co_await telling;
            }
        }
        if (clock_.unix_ms() >= deadline_ms) co_return respond(still_at_work(), kept);
        co_await delay(executor_, settings_.look);
    }
}

Task<std::optional<Idempotency::Turn>> Idempotency::enter(std::string id, UnixMillis deadline_ms) {
    for (;;) {
        Completion<bool> news(executor_);
        const Millis left{deadline_ms - clock_.unix_ms()};
        {
            const std::lock_guard lock(mutex_);
            const auto [place, is_first] = at_work_.try_emplace(id);
            if (is_first) co_return Turn(*this, std::move(id));
            if (left <= Millis{0}) co_return std::nullopt;
            place->second.push_back(news);
        }
        executor_.post_after(left, [news] { news.set(false); });
        const bool woken = co_await news;
        if (!woken) co_return std::nullopt;
    }
}

void Idempotency::leave(const std::string& id) {
    std::vector<Completion<bool>> waiting;
    {
        const std::lock_guard lock(mutex_);
        const auto place = at_work_.find(id);
        waiting = std::move(place->second);
        at_work_.erase(place);
    }
    for (const auto& one : waiting) one.set(true);
}

IdempotencyRecord Idempotency::begun(const Asked& asked, std::uint64_t expired_version) {
    const UnixMillis now = clock_.unix_ms();
    IdempotencyRecord out;
    out.id = asked.id;
    out.request_hash = asked.request_hash;
    out.attempt = store_.ids().next();
    out.created_ms = now;
    out.busy_until_ms = now + settings_.busy.count();
    out.expires_ms = now + settings_.kept.count();
    out.version = expired_version;
    return out;
}

/// Keeps the answer with what it tells of. Nullopt: another request under the key was first, and this one did nothing.
Task<std::optional<Response>> Idempotency::finish(std::string id, std::string attempt, Response answered) {
    for (;;) {
        Task<atr::Result<std::optional<IdempotencyRecord>>> finding = store_.find<IdempotencyRecord>(id);
        atr::Result<std::optional<IdempotencyRecord>> found = co_await finding;
        if (!found) co_return std::move(answered);  // whoever asks again is told anew
        const bool is_there = *found && (*found)->expires_ms > clock_.unix_ms();
        if (!is_there) co_return std::move(answered);  // it had no effect
        IdempotencyRecord record = std::move(**found);
        if (record.attempt != attempt) co_return std::nullopt;
        if (record.finished) co_return replayed(record);  // told by another host in the meantime: one answer for all
        if (!is_worth_keeping(answered.status)) co_return std::move(answered);
        keep(record, answered);
        UnitOfWork unit = store_.begin();
        unit.update(record);
        Task<Committed> committing = store_.commit(std::move(unit));
        const Committed committed = co_await committing;
        if (committed.outcome != atr::Outcome::conflict) co_return std::move(answered);
    }
}

/// The host that began it has ended, or could not keep the answer.
Task<Response> Idempotency::tell_again(const Route& route, RequestContext context, IdempotencyRecord record) {
    const std::string request_id = context.request_id();
    Task<Response> telling = route.retell(std::move(context), record.subject);
    Response told = co_await telling;
    if (!is_worth_keeping(told.status)) co_return told;
    Task<std::optional<Response>> finishing = finish(record.id, record.attempt, std::move(told));
    std::optional<Response> finished = co_await finishing;
    if (!finished) co_return respond(still_at_work(), request_id);
    finished->headers.set("Idempotency-Replayed", "true");
    co_return std::move(*finished);
}

}  // namespace treasurer::http
