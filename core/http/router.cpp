#include "http/router.hpp"

#include <algorithm>

#include "http/characters.hpp"
#include "http/conditional.hpp"
#include "http/media_type.hpp"
#include "http/misplaced_dry_run.hpp"
#include "http/same_origin.hpp"
#include "http/session_cookie.hpp"

namespace treasurer::http {
namespace {

constexpr std::size_t max_logged_path = 256;
/// Tasks that begin what waits. Each stands in the executor's queue behind the work that is under way, so that a busy
/// executor begins little.
constexpr unsigned max_beginners = 2;
/// Places come free unseen when what has them takes long, and what waits grows late.
constexpr Millis look_again_after{20};

/// What is missing, and who can give it.
std::string why_not_allowed(const Access& access, const auth::Principal& principal) {
    if (!access.permission()) return "An API key cannot do this: sign in.";
    if (principal.is_key())
        return "This API key does not allow this: it takes the scope " +
               std::string(auth::to_string(*access.permission())) + ", and a user with the role " +
               auth::roles_that_give(*access.permission()) + ".";
    return "Your roles do not allow this: it takes the role " + auth::roles_that_give(*access.permission()) +
           ", which an admin can give you.";
}

bool contains(const std::vector<std::string>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

bool accepts_one_of(const Request& request, const std::vector<std::string>& produces) {
    const std::string accept = list_field(request.headers, "Accept");
    return std::any_of(produces.begin(), produces.end(),
                       [&](const auto& type) { return accept.empty() || weight_of(accept, type) > 0; });
}

std::ptrdiff_t count_of(const std::vector<QueryParameter>& query, std::string_view name) {
    return std::count_if(query.begin(), query.end(), [&](const auto& one) { return one.name == name; });
}

std::string taken(const std::vector<std::string>& parameters) {
    std::string out;
    for (const auto& name : parameters) out += (out.empty() ? "this takes " : ", ") + name;
    return out.empty() ? "this takes none" : out;
}

/// True for a body that is not what it seems, such as a gzip of it: read as it stands it would mean something else.
bool is_encoded(const Request& request) {
    bool out = false;
    for (std::size_t i = 0; i < request.headers.size(); ++i) {
        const auto field = request.headers[i];
        if (!equal_ignoring_case(field.name, "Content-Encoding")) continue;
        for_each_element(field.value, [&](auto coding) { out |= !equal_ignoring_case(coding, "identity"); });
    }
    return out;
}

std::optional<Problem> objection_to_query(const std::vector<std::string>& parameters,
                                          const std::vector<QueryParameter>& query) {
    for (const auto& [name, value] : query) {
        if (!contains(parameters, name))
            return Problem{.code = ErrorCode::validation_failed,
                           .detail = name == "dry_run" ? "This cannot be tried without being done."
                                                       : "This takes no such query parameter.",
                           .errors = {{"/" + name, "is not known here; " + taken(parameters)}}};
        if (count_of(query, name) > 1)
            return Problem{.code = ErrorCode::validation_failed,
                           .detail = "A query parameter stands there more than once.",
                           .errors = {{"/" + name, "is given twice"}}};
    }
    return std::nullopt;
}

/// What a route asks of a request beyond its sender.
std::optional<Problem> objection(const Route& route, const Request& request) {
    if (request.body.size() > route.max_body_bytes)
        return Problem{.code = ErrorCode::body_too_large,
                       .detail = "The body may have at most " + std::to_string(route.max_body_bytes) + " bytes here."};
    if (is_encoded(request))
        return Problem{.code = ErrorCode::unsupported_media_type,
                       .detail = "A body is taken as it is, without a Content-Encoding."};
    if (!route.consumes.empty() && !request.body.empty() &&
        !is_one_of(request.headers.find("Content-Type"), route.consumes))
        return Problem{.code = ErrorCode::unsupported_media_type,
                       .detail = "The body's Content-Type is not one this takes."};
    if (route.parameters)
        if (auto problem = objection_to_query(*route.parameters, request.query)) return problem;
    if (!route.produces.empty() && !accepts_one_of(request, route.produces))
        return Problem{.code = ErrorCode::not_acceptable, .detail = "None of the types in Accept is offered here."};
    return std::nullopt;
}

Problem unauthenticated() {
    return {.code = ErrorCode::unauthenticated,
            .detail = "Sign in and send the token as Authorization: Bearer, or send an API key as X-API-Key."};
}
Problem over_limit(const RateLimiter::Decision& rate, bool of_address) {
    return {.code = ErrorCode::rate_limited,
            .detail = of_address ? "Too many requests from this address." : "Too many requests of this user.",
            .retry_after_s = rate.retry_after_s};
}
Problem broken() {
    return {.code = ErrorCode::internal_error, .detail = "The server failed to answer this request."};
}

/// A problem for a token that was not accepted, and for storage that could not be asked about it.
Problem refused_token(const atr::Error& error) {
    if (error.outcome == atr::Outcome::rejected && error.code == ATR_E_AUTH)
        return {.code = ErrorCode::invalid_token,
                .detail = "The token or key is not valid, has expired or was revoked."};
    return problem_of(error);
}

}  // namespace

Router::Router(RouterParts parts, RouterSettings settings)
    : parts_(parts),
      settings_(std::move(settings)),
      unmatched_(metrics_for("unmatched")),
      checks_(parts_.tokens, parts_.keys, parts_.executor, parts_.scope),
      shedder_(parts_.metrics, parts_.log),
      admission_(settings_.admission),
      room_(admission_, settings_.now) {
    parts_.metrics.gauge_from("treasurer_http_requests_in_flight", "Requests being worked on off the transport threads",
                              [this] { return static_cast<double>(in_flight()); });
    parts_.metrics.gauge_from("treasurer_http_requests_waiting", "Those of them whose work has not begun",
                              [this] { return static_cast<double>(room_.size()); });
}

Router::RouteMetrics Router::metrics_for(const std::string& name) {
    RouteMetrics out;
    for (const char* status : {"2xx", "3xx", "4xx", "5xx"})
        out.by_class.push_back(&parts_.metrics.counter("treasurer_http_requests_total", "Requests answered, by route",
                                                       {{"route", name}, {"status", status}}));
    out.times = &parts_.kpis.times().of(name);
    return out;
}

void Router::add(Route route) {
    if (!route.parameters && route.method != "GET") route.parameters.emplace();
    route_metrics_.push_back(metrics_for(route.name));
    table_.add(std::move(route));
}

void Router::dispatch(Request&& request, Responder responder) {
    auto match = table_.find(request.method, request.path);
    Exchange exchange{.context = {std::move(request), {}, std::move(match.parameters)},
                      .responder = std::move(responder)};
    const auto& asked = exchange.context.request;
    exchange.route = match.route;
    exchange.metrics = match.route ? &route_metrics_[match.route_index] : &unmatched_;
    exchange.request_id = asked.request_id;
    exchange.method = asked.method;
    exchange.facts = AnswerFacts::of(asked);
    if (const auto& trace = exchange.facts.trace)
        exchange.context.traceparent = trace->traceparent(exchange.facts.span_id);
    exchange.path = asked.path.substr(0, max_logged_path);
    exchange.client = asked.remote_address;
    exchange.arrival = asked.arrival;
    if (match.route && match.route->is_rate_limited && admission_.is_late(settings_.now() - asked.arrival))
        return shed(exchange);
    const auto found = credential_of(asked);
    const auto credential = found ? *found : std::nullopt;
    auto sender = sender_of(exchange, credential);
    // What another site's page lets a browser send is not its user's.
    const auto cross_site = credential ? cross_site_problem(asked, *credential) : std::nullopt;
    // Where nothing is limited, whom storage has to be asked about is all the same.
    const bool asks_storage = match.route && match.route->access.needs_sign_in() && !(sender && sender->is_current);
    if (!match.route || match.route->is_rate_limited || asks_storage)
        count(exchange, sender && !cross_site ? std::optional(sender->principal) : std::nullopt);
    if (is_over_limit(exchange)) return refuse(exchange, over_limit(*exchange.rate, !exchange.counted));
    if (asked.method == "OPTIONS" && asked.path == "*") {
        auto response = Response::empty(204);
        response.headers.add("Allow", "DELETE, GET, HEAD, OPTIONS, POST, PUT");
        return answer(exchange, std::move(response));
    }
    if (!match.endpoint)
        return refuse(exchange, {.code = ErrorCode::not_found, .detail = "There is nothing at this path."});
    if (!match.route) return refuse_method(exchange, *match.endpoint);
    if (!match.route->access.needs_sign_in()) return admitted(std::move(exchange));
    if (!found) return refuse_credentials(exchange, found.problem());
    if (!credential) return refuse(exchange, unauthenticated());
    if (cross_site) return refuse(exchange, *cross_site);
    if (sender && sender->is_current) {
        exchange.context.principal = std::move(sender->principal);
        return admitted(std::move(exchange));
    }
    SignIn sign_in{credential->kind, std::string(credential->text)};
    wait_for_turn({std::move(exchange), std::move(sign_in)});
}

/// Where nobody will check the credential, one that may have been revoked is nobody's: its user would pay for a thief.
/// Health, which neither asks nor counts, is answered without a look at it.
std::optional<auth::Recognised> Router::sender_of(const Exchange& exchange,
                                                  const std::optional<Credential>& credential) {
    const bool will_be_checked = exchange.route && exchange.route->access.needs_sign_in();
    const bool is_counted = !exchange.route || exchange.route->is_rate_limited;
    if (!credential || (!will_be_checked && !is_counted)) return std::nullopt;
    auto out = checks_.recognise(credential->kind, credential->text);
    if (out && !out->is_current && !will_be_checked) return std::nullopt;
    return out;
}

void Router::count(Exchange& exchange, std::optional<auth::Principal> principal) {
    if (exchange.rate && exchange.counted) parts_.limiter.give_back(*exchange.counted);
    if (exchange.rate && !exchange.counted) parts_.limiter.give_back(exchange.client);
    exchange.rate = principal ? parts_.limiter.take(*principal) : parts_.limiter.take(exchange.client);
    exchange.counted = std::move(principal);
}

void Router::refuse(Exchange& exchange, const Problem& problem) {
    answer(exchange, respond(problem, exchange.request_id));
}

/// A browser that has the session's cookie twice gets rid of it: nothing else would ever let it in again.
void Router::refuse_credentials(Exchange& exchange, const Problem& problem) {
    const Request& request = exchange.context.request;
    auto response = respond(problem, exchange.request_id);
    if (!session_cookie_of(request)) end_session_cookie(response, request);
    answer(exchange, std::move(response));
}

void Router::refuse_method(Exchange& exchange, const Endpoint& endpoint) {
    auto response =
        exchange.method == "OPTIONS"
            ? Response::empty(204)
            : respond({.code = ErrorCode::method_not_allowed, .detail = "This path does not know the method."},
                      exchange.request_id);
    response.headers.add("Allow", endpoint.allow);
    answer(exchange, std::move(response));
}

bool Router::take_ticket(Exchange& exchange) {
    if (exchange.ticket.is_held()) return true;
    Ticket ticket(in_flight_);
    if (in_flight_.fetch_add(1, std::memory_order_relaxed) >= settings_.max_in_flight) return false;
    exchange.ticket = std::move(ticket);
    return true;
}

void Router::admitted(Exchange exchange) {
    const auto& route = *exchange.route;
    const auto& principal = exchange.context.principal;
    exchange.user = principal.user;
    exchange.key = principal.key_id;
    if (!route.access.admits(principal))
        return refuse(exchange, {.code = ErrorCode::forbidden, .detail = why_not_allowed(route.access, principal)});
    if (const auto problem = refusal_at_head(route, exchange.context.request)) return refuse(exchange, *problem);
    if (const auto problem = objection(route, exchange.context.request)) return refuse(exchange, *problem);
    if (const auto* handler = std::get_if<SyncHandler>(&route.handler)) {
        if (const auto problem = misplaced_dry_run(route, exchange.context.request)) return refuse(exchange, *problem);
        return answer(exchange, call(*handler, exchange));
    }
    if (auto at_hand = peek(exchange)) return answer(exchange, std::move(*at_hand));
    // Health and metrics are asked for most where all else is refused.
    if (route.is_rate_limited && !exchange.turn.is_held()) return wait_for_turn({std::move(exchange)});
    parts_.scope.spawn(serve(std::move(exchange)));
}

WorkKind Router::kind_of(const Exchange& exchange) {
    return exchange.route->method == "GET" ? WorkKind::read : WorkKind::write;
}

/// Its work has not begun. As cheap as can be, and without a line of its own in the log.
void Router::shed(Exchange& exchange) {
    const auto kind = kind_of(exchange);
    const auto now = settings_.now();
    auto response = shedder_.refuse(kind, exchange.request_id, admission_.retry_after_s(kind, now), now);
    finish_answer(response, exchange.facts, settings_.answers);
    exchange.metrics->by_class.back()->add();
    parts_.kpis.request_answered(response.status);
    exchange.ticket = Ticket();
    exchange.responder.send(std::move(response));
}

void Router::wait_for_turn(Waiting waiting) {
    if (!take_ticket(waiting.exchange)) return shed(waiting.exchange);
    const auto kind = kind_of(waiting.exchange);
    auto refused = room_.enter(kind, std::move(waiting));
    if (refused) return shed(refused->exchange);
    begin_waiting();
}

void Router::begin_waiting() {
    if (room_.size() == 0) return;
    auto beginners = beginners_.load();
    do {
        if (beginners >= max_beginners) return;
    } while (!beginners_.compare_exchange_weak(beginners, beginners + 1));
    parts_.scope.spawn(begin_in_turn());
}

Task<> Router::begin_in_turn() {
    while (auto leaving = room_.leave()) {
        auto& [exchange, sign_in] = leaving->waiting;
        if (!leaving->turn.is_held()) {
            shed(exchange);
            continue;
        }
        exchange.turn = std::move(leaving->turn);
        if (sign_in) {
            parts_.scope.spawn(sign_in_and_serve(std::move(exchange), sign_in->kind, std::move(sign_in->text)));
        } else {
            parts_.scope.spawn(serve(std::move(exchange)));
        }
        co_await resume_on(parts_.executor);
    }
    --beginners_;
    // Whoever came in between has seen enough beginners.
    if (admission_.may_begin(settings_.now())) {
        begin_waiting();
    } else if (room_.size() > 0 && !will_look_again_.exchange(true)) {
        parts_.scope.spawn(look_again());
    }
}

Task<> Router::look_again() {
    co_await delay(parts_.executor, look_again_after);
    will_look_again_ = false;
    begin_waiting();
}

Task<> Router::sign_in_and_serve(Exchange exchange, Credential::Kind kind, std::string credential) {
    Task<atr::Result<auth::Principal>> checking = checks_.check(kind, std::move(credential));
    atr::Result<auth::Principal> principal = co_await checking;
    if (!principal) {
        const Problem problem = refused_token(principal.error());
        if (exchange.counted && problem.code == ErrorCode::invalid_token) count(exchange, std::nullopt);
        refuse(exchange, is_over_limit(exchange) ? over_limit(*exchange.rate, true) : problem);
        co_return;
    }
    exchange.context.principal = std::move(*principal);
    if (exchange.rate && !exchange.counted)
        count(exchange, exchange.context.principal);  // a key seen for the first time
    if (is_over_limit(exchange)) {
        refuse(exchange, over_limit(*exchange.rate, false));
        co_return;
    }
    admitted(std::move(exchange));
}

Response Router::call(const SyncHandler& handler, Exchange& exchange) {
    try {
        return handler(exchange.context);
    } catch (const std::exception& error) {
        failed(exchange, error.what());
    } catch (...) {
        failed(exchange, "unknown exception");
    }
    return respond(broken(), exchange.request_id);
}

/// One that fails is no reason not to ask the handler.
std::optional<Response> Router::peek(Exchange& exchange) {
    if (!exchange.route->peek) return std::nullopt;
    try {
        return exchange.route->peek(exchange.context);
    } catch (const std::exception& error) {
        failed(exchange, error.what());
    }
    return std::nullopt;
}

Task<> Router::serve(Exchange exchange) {
    std::optional<Response> response;
    try {
        const Route& route = *exchange.route;
        const std::optional<Problem> misplaced = misplaced_dry_run(route, exchange.context.request);
        if (misplaced) {
            response.emplace(respond(*misplaced, exchange.request_id));
        } else {
            Task<Response> handling = Idempotency::applies(route, exchange.context.request)
                                          ? parts_.idempotency.answer(route, std::move(exchange.context))
                                          : std::get<AsyncHandler>(route.handler)(std::move(exchange.context));
            Response answered = co_await handling;
            response.emplace(std::move(answered));
        }
    } catch (const std::exception& error) {
        failed(exchange, error.what());
    } catch (...) {
        failed(exchange, "unknown exception");
    }
    if (!response) response.emplace(respond(broken(), exchange.request_id));
    answer(exchange, std::move(*response));
}

void Router::failed(const Exchange& exchange, const char* why) {
    parts_.log.error("handler failed", {{"request_id", exchange.request_id},
                                        {"route", exchange.route->name},
                                        {"method", exchange.method},
                                        {"what", why}});
}

void Router::log_request(const Exchange& exchange, const Response& response, std::int64_t micros) {
    std::vector<observe::Field> fields{{"request_id", exchange.request_id},
                                       {"method", exchange.method},
                                       {"path", exchange.path},
                                       {"route", exchange.route ? std::string_view(exchange.route->name) : "unmatched"},
                                       {"status", response.status},
                                       {"ms", static_cast<double>(micros) / 1000},
                                       {"bytes", response.content().size()},
                                       {"client", exchange.client},
                                       {"user", exchange.user}};
    if (!exchange.key.empty()) fields.emplace_back("key", exchange.key);
    if (exchange.facts.trace) {
        fields.emplace_back("trace_id", exchange.facts.trace->trace_id);
        fields.emplace_back("span_id", exchange.facts.span_id);
    }
    if (!response.cause.empty()) fields.emplace_back("cause", response.cause);
    parts_.log.write(observe::Level::info, "request", fields);
}

void Router::answer(Exchange& exchange, Response response) {
    const auto status = response.status;
    finish_answer(response, exchange.facts, settings_.answers);
    if (exchange.rate) {
        response.headers.set("X-RateLimit-Limit", std::to_string(exchange.rate->limit));
        response.headers.set("X-RateLimit-Remaining", std::to_string(exchange.rate->remaining));
    }
    const auto taken = std::chrono::steady_clock::now() - exchange.arrival;
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(taken).count();
    exchange.metrics->by_class[static_cast<std::size_t>(std::clamp(status / 100, 2, 5) - 2)]->add();
    exchange.metrics->times->record(micros);
    parts_.kpis.request_answered(status);
    exchange.ticket = Ticket();
    if (exchange.turn.is_held()) {
        exchange.turn.end(settings_.now());
        begin_waiting();
    }
    if (settings_.tells && !response.of_cache && !exchange.user.empty()) settings_.tells(exchange.user);
    const bool logged = settings_.access_log == RouterSettings::AccessLog::all ||
                        (settings_.access_log == RouterSettings::AccessLog::failures && status >= 400);
    if (logged) log_request(exchange, response, micros);
    exchange.responder.send(std::move(response));
}

}  // namespace treasurer::http
