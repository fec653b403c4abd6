/// The API's own routes on the desks' world: storage and rail in memory, asked without sockets. The routes are those
/// that a host serves, but for health and plugins, which belong to the process.
#pragma once

#include "http/auth_routes.hpp"
#include "http/metrics_routes.hpp"
#include "http/routes/api_key_routes.hpp"
#include "http/routes/api_services.hpp"
#include "http/routes/dry_run.hpp"
#include "http/routes/event_routes.hpp"
#include "http/routes/user_routes.hpp"
#include "tests/support/desk_world.hpp"
#include "tests/support/memory_log.hpp"
#include "tests/unit/http_router/router_bench.hpp"

#include <sstream>

namespace treasurer::http {

struct ApiWorld : support::DeskWorld {
    ApiWorld() {
        add_metrics_routes(router, metrics, kpis, Access::anyone());
        auth_routes.add_to(router);
        add_api(router, services, rehearsed.services());
        key_routes.add_to(router, rehearsed_key_routes);
        user_routes.add_to(router, rehearsed_user_routes);
        add_events(router, event_services);
        host().pipeline.on_committed([this](const atr::Batch& batch, std::uint64_t seq, std::uint64_t) {
            cache.invalidate(cache::stale_keys(batch), seq);
        });
        users.on_changed([this](std::string_view user) {
            tokens.forget_user(user);
            keys.forget_user(user);
        });
    }
    ~ApiWorld() {
        executor.run_until([this] { return host().scope.running() == 0; });
    }

    template <class T>
    T await(Task<T> task) {
        return executor.await(std::move(task));
    }
    /// "Bearer …" for a new user, who may do everything unless other roles are given.
    std::string sign_in(const std::string& name, std::vector<auth::Role> roles = {auth::Role::admin}) {
        const auto user = await(users.add(name, "a good password", std::move(roles)));
        REQUIRE(user);
        return "Bearer " + tokens.issue(*user).text;
    }
    /// The text of an invoice that is paid at once.
    std::string text(const std::string& number, const std::string& amount = "100") {
        Text out;
        out.number = number;
        out.amount = amount;
        return out.written();
    }
    /// Of an invoice above the limit.
    Approval waiting(const std::string& number) {
        const auto asked = submit_raw(text(number, "600." + number.substr(number.size() - 1)));
        REQUIRE(asked.kind == intake::SubmitKind::waiting_approval);
        return approval(asked.invoice.approval_id);
    }
    /// The id of a payment of which the rail has not said the last word.
    std::string open_payment() {
        rail.next_submissions({support::Submission::pending});
        const auto taken = submit_raw(text("INV-OPEN", "7"));
        REQUIRE(taken.kind == intake::SubmitKind::processing);
        return taken.payment.id;
    }
    /// Money that left without us, found: the break's id.
    std::string found_break() {
        atr::RailEvent event;
        event.direction = ATR_DIR_OUT;
        event.state = atr::RailState::settled;
        event.is_final = true;
        event.money = *atr::Money::parse("3", "MNEE");
        rail.note(event);
        const auto report = await(comparison.run(reconcile::Extent::full));
        REQUIRE(report);
        for (const auto& found : report->breaks)
            if (found.kind == reconcile::kind::left_without_us) return reconcile::break_id(found);
        FAIL("the break is not found");
        return {};
    }
    using Fields = RouterBench::Fields;
    RouterBench::Answer ask(std::string method, const std::string& target, Fields headers, std::string body = "") {
        Request asked =
            RouterBench::request(std::move(method), target.substr(0, target.find('?')), headers, std::move(body));
        if (const auto mark = target.find('?'); mark != std::string::npos) {
            std::istringstream query(target.substr(mark + 1));
            for (std::string one; std::getline(query, one, '&');)
                asked.query.push_back({one.substr(0, one.find('=')), decoded(one.substr(one.find('=') + 1))});
        }
        return finish(start(std::move(asked)));
    }
    /// As the edge does it.
    static std::string decoded(const std::string& text) {
        std::string out;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const bool is_escape = text[i] == '%' && i + 2 < text.size();
            out += is_escape ? static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)) : text[i];
            if (is_escape) i += 2;
        }
        return out;
    }
    /// Hands the request in and lets nothing else run.
    RouterBench::Answer start(Request asked) {
        RouterBench::Answer out;
        router.dispatch(std::move(asked), Responder([out](std::optional<Response> response) {
                            ++*out.count;
                            if (response) *out.response = std::move(response);
                        }));
        return out;
    }
    RouterBench::Answer finish(RouterBench::Answer out) {
        executor.run_until([&] { return *out.count > 0; });
        REQUIRE(out.is_there());
        return out;
    }

    observe::Metrics metrics;
    observe::Kpis kpis{metrics, clock, "MNEE"};
    support::MemoryLog log{clock};
    intake::PaymentDesk payment_desk{host().store, clock};
    intake::PaidElsewhere paid_elsewhere{host().store, clock};
    payments::Resolver resolver{{host().store, host().saga, rails, assets, clock}};
    treasury::DashboardReader dashboard{host().store, desks.figures};
    treasury::Logs logs{host().store};
    cache::CacheService cache{nullptr, executor, clock, host().scope};
    reconcile::LedgerHistory history{host().store, executor, clock};
    reconcile::StatementFollower statements{host().store, assets, clock};
    reconcile::Reconciliation comparison{host().store, assets, clock, {&rail}, statements, {}};
    reconcile::QuarantineKeeper quarantine{host().store, clock, {"bank"}};
    reconcile::ReconciliationService reconciliation{comparison, executor, clock};
    reconcile::BreakDesk breaks{host().store, assets, clock, paid_elsewhere};
    auth::PasswordHasher passwords{executor, {.memory_bytes = 64 * 1024, .passes = 1}};
    auth::Users users{host().store, passwords, clock, random};
    auth::Tokens tokens{host().store, clock, *auth::key_from_secret(std::string(32, 'k'), "tokens"), {}};
    auth::ApiKeys keys{host().store, clock, random, host().scope, {}};
    auth::LoginThrottle throttle{clock, {}};
    RateLimiter limiter{clock, {.enabled = false}};
    Idempotency idempotency{host().store, executor, clock};
    Router router{{executor, host().scope, tokens, limiter, idempotency, metrics, kpis, log, keys},
                  {.admission = {.target = Millis{60'000}}}};  // a test thread that stands still is no overload
    AuthRoutes auth_routes{users, tokens, throttle};
    ApiServices services{host().store,
                         desks.invoices,
                         desks.approvals,
                         payment_desk,
                         resolver,
                         paid_elsewhere,
                         desks.policy,
                         desks.vendors,
                         dashboard,
                         logs,
                         cache,
                         history,
                         reconciliation,
                         breaks,
                         quarantine,
                         assets,
                         clock,
                         kpis,
                         {}};
    ApiKeyRoutes key_routes{keys, clock};
    UserRoutes user_routes{users, throttle};
    intake::Rehearsal rehearsal{{storage, executor, host().scope, ids, clock, desks.facts, desks.reader, host().saga,
                                 host().runner, rails, assets}};
    RehearsedServices rehearsed{services, rehearsal};
    auth::Users rehearsed_users{rehearsal.store, passwords, clock, random};
    auth::ApiKeys rehearsed_keys{rehearsal.store, clock, random, host().scope, {}};
    ApiKeyRoutes rehearsed_key_routes{rehearsed_keys, clock};
    UserRoutes rehearsed_user_routes{rehearsed_users, throttle};
    EventServices event_services{std::make_shared<EventHub>(), storage, clock};
};

}  // namespace treasurer::http
