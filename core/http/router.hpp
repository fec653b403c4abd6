/// The way of a request from the edge to its handler and back: route, rate limit, sign-in, permission, body and type
/// checks, the handler, and what every answer carries.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/api_keys.hpp"
#include "auth/shared_checks.hpp"
#include "auth/tokens.hpp"
#include "http/admission.hpp"
#include "http/answer.hpp"
#include "http/credentials.hpp"
#include "http/head_judge.hpp"
#include "http/idempotency.hpp"
#include "http/rate_limiter.hpp"
#include "http/responder.hpp"
#include "http/route_table.hpp"
#include "http/shedder.hpp"
#include "http/waiting_room.hpp"
#include "observe/kpis.hpp"
#include "observe/log.hpp"
#include "runtime/task_scope.hpp"

namespace treasurer::http {

struct RouterSettings {
    enum class AccessLog { all, failures, none };

    std::size_t max_in_flight = 1024;       ///< requests that wait for the executor or are worked on there; then 503
    AccessLog access_log = AccessLog::all;  ///< failures: answers of 400 and more
    AnswerSettings answers = {};
    AdmissionSettings admission = {};
    std::function<std::chrono::steady_clock::time_point()> now = [] { return std::chrono::steady_clock::now(); };
    /// Called before an answer leaves that tells a user of what has happened, other than from what is cached; may be
    /// empty.
    std::function<void(std::string_view user)> tells = {};
};

/// What the router works with. All must outlive it and its tasks.
struct RouterParts {
    Executor& executor;
    TaskScope& scope;
    auth::Tokens& tokens;
    RateLimiter& limiter;
    Idempotency& idempotency;
    observe::Metrics& metrics;
    observe::Kpis& kpis;
    observe::Log& log;
    auth::ApiKeys& keys;
};

/// Lifetime: routes are added first, then dispatch() is called; the scope must be idle before the router ends.
/// Threads: dispatch() from any, at once. It never waits: handlers that need to are run on the executor.
class Router {
public:
    Router(RouterParts parts, RouterSettings settings);
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    void add(Route route);
    const RouteTable& routes() const { return table_; }

    /// Answers through `responder`, once, whatever the handler does.
    void dispatch(Request&& request, Responder responder);
    /// The same as a function for the edge.
    Handler handler() {
        return [this](Request&& request, Responder responder) { dispatch(std::move(request), std::move(responder)); };
    }

    /// For the edge: which bodies are worth reading. Lifetime: the router's.
    BodyJudge body_judge() const { return HeadJudge(table_, parts_.tokens, parts_.keys, parts_.limiter); }

    /// For the edge: which requests are handled before all others. They are those of health, and those that are refused
    /// because they waited too long. Lifetime: the router's.
    Prompt prompt() {
        return [this](const Request& request, std::chrono::steady_clock::duration waited) {
            if (admission_.is_late(waited)) return true;
            const auto match = table_.find(request.method, request.path);
            return match.route && match.route->is_prompt;
        };
    }

    std::size_t in_flight() const { return in_flight_.load(std::memory_order_relaxed); }

private:
    struct RouteMetrics {
        std::vector<observe::Counter*> by_class;  ///< 2xx..5xx
        observe::RouteTimes::Route* times = nullptr;
    };
    /// Counts a request in flight as long as it lives.
    class Ticket {
    public:
        Ticket() = default;
        explicit Ticket(std::atomic<std::size_t>& count) : count_(&count) {}
        Ticket(Ticket&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
        Ticket& operator=(Ticket&& other) noexcept {
            std::swap(count_, other.count_);
            return *this;
        }
        ~Ticket() {
            if (count_) count_->fetch_sub(1, std::memory_order_relaxed);
        }
        bool is_held() const { return count_ != nullptr; }

    private:
        std::atomic<std::size_t>* count_ = nullptr;
    };
    /// One request and all that its answer needs; the context may be given away to the handler.
    struct Exchange {
        RequestContext context;
        Responder responder;
        const Route* route = nullptr;
        const RouteMetrics* metrics = nullptr;
        std::optional<RateLimiter::Decision> rate = std::nullopt;
        std::optional<auth::Principal> counted = std::nullopt;  ///< whose bucket gave; nullopt: the address's
        std::string request_id = {}, method = {}, path = {}, client = {}, user = {}, key = {};
        AnswerFacts facts = {};
        std::chrono::steady_clock::time_point arrival = {};
        Ticket ticket = {};
        Admission::Turn turn = {};
    };
    /// A credential that is still to be checked.
    struct SignIn {
        Credential::Kind kind;
        std::string text;
    };
    /// One whose work has not begun.
    struct Waiting {
        Exchange exchange;
        std::optional<SignIn> sign_in = std::nullopt;
    };

    RouteMetrics metrics_for(const std::string& name);
    std::optional<auth::Recognised> sender_of(const Exchange& exchange, const std::optional<Credential>& credential);
    /// Counts the request against a user, or against its address; what counted it before gets it back.
    void count(Exchange& exchange, std::optional<auth::Principal> principal);
    bool is_over_limit(const Exchange& exchange) const { return exchange.rate && !exchange.rate->allowed; }
    void refuse(Exchange& exchange, const Problem& problem);
    void refuse_credentials(Exchange& exchange, const Problem& problem);
    void refuse_method(Exchange& exchange, const Endpoint& endpoint);
    bool take_ticket(Exchange& exchange);
    static WorkKind kind_of(const Exchange& exchange);
    void shed(Exchange& exchange);
    void wait_for_turn(Waiting waiting);
    void begin_waiting();
    Task<> begin_in_turn();
    Task<> look_again();
    /// Goes on with a request whose sender is known.
    void admitted(Exchange exchange);
    Task<> sign_in_and_serve(Exchange exchange, Credential::Kind kind, std::string credential);
    Task<> serve(Exchange exchange);
    Response call(const SyncHandler& handler, Exchange& exchange);
    std::optional<Response> peek(Exchange& exchange);
    void answer(Exchange& exchange, Response response);
    void log_request(const Exchange& exchange, const Response& response, std::int64_t micros);
    void failed(const Exchange& exchange, const char* why);

    RouterParts parts_;
    const RouterSettings settings_;
    RouteTable table_;
    std::deque<RouteMetrics> route_metrics_;
    const RouteMetrics unmatched_;
    std::atomic<std::size_t> in_flight_{0};
    auth::SharedChecks checks_;
    Shedder shedder_;
    Admission admission_;
    WaitingRoom<Waiting> room_;
    std::atomic<unsigned> beginners_{0};  ///< tasks that begin what waits
    std::atomic<bool> will_look_again_{false};
};

}  // namespace treasurer::http
