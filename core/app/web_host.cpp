#include "app/web_host.hpp"

#include "app/plugin_figures.hpp"
#include "app/plugin_report.hpp"
#include "app/resource_gauges.hpp"
#include "http/metrics_routes.hpp"
#include "http/routes/docs_routes.hpp"
#include "plugin/failure_log.hpp"
#include "records/schema.hpp"

#include <algorithm>
#include <filesystem>

namespace treasurer::app {
namespace {

constexpr Millis health_timeout{1000};
/// A sixth of the minute that the figures look back.
constexpr Millis look_at_figures_every{10'000};

http::EdgeSettings edge_settings(const ServerSettings& server) {
    http::EdgeSettings out;
    out.address = server.address;
    out.port = static_cast<std::uint16_t>(server.port);
    out.threads = static_cast<int>(server.threads);
    out.real_time = server.real_time;
    out.limits.max_body_bytes = static_cast<std::size_t>(server.max_body_bytes);
    out.body_budget_bytes = static_cast<std::size_t>(server.body_budget_bytes);
    out.max_connections = static_cast<std::size_t>(server.max_connections);
    out.max_connections_per_address = static_cast<std::size_t>(server.max_connections_per_address);
    out.header_timeout = server.header_timeout;
    out.body_timeout = server.body_timeout;
    out.idle_timeout = server.idle_timeout;
    return out;
}

http::IdempotencySettings idempotency_settings(const ServerSettings& server) {
    http::IdempotencySettings out;
    out.wait = out.busy = server.idempotency_wait;
    out.kept = server.idempotency_ttl;
    return out;
}

http::RateLimiterSettings limiter_settings(const RateLimitSettings& limit, bool has_cache) {
    const auto of = [](std::int64_t per_minute) { return static_cast<std::uint32_t>(per_minute); };
    http::RateLimiterSettings out;
    out.enabled = limit.enabled;
    out.per_minute = of(limit.per_minute);
    out.roles = {of(limit.viewer_per_minute), of(limit.submitter_per_minute), of(limit.approver_per_minute),
                 of(limit.admin_per_minute)};
    out.is_shared = limit.shared && has_cache;
    return out;
}

std::vector<net::IpNetwork> trusted_proxies(const ServerSettings& server) {
    std::vector<net::IpNetwork> out;
    for (const auto& text : server.trusted_proxies)
        if (const auto network = net::IpNetwork::parse(text)) out.push_back(*network);  // the loader takes no others
    return out;
}

http::RouterSettings router_settings(const Settings& settings, cache::CacheService& cache) {
    using AccessLog = http::RouterSettings::AccessLog;
    http::RouterSettings out;
    out.max_in_flight = static_cast<std::size_t>(settings.intake.max_in_flight) * 4;
    out.answers.cors.origins = settings.server.cors_origins;
    if (settings.server.access_log == "failures") out.access_log = AccessLog::failures;
    if (settings.server.access_log == "none") out.access_log = AccessLog::none;
    out.admission.target = settings.server.admission_target;
    out.admission.at_once = out.admission.burst = static_cast<std::size_t>(settings.server.admission_at_once);
    out.admission.herd = 4 * out.admission.at_once;
    out.tells = [&cache](std::string_view user) { cache.told(user); };
    return out;
}

http::ApiSettings api_settings(const CoreServices& core) {
    http::ApiSettings out;
    out.asset = core.settings.treasury.asset;
    if (RailPort* rail = core.treasury_rail()) out.rail = rail->name();
    out.max_text_bytes = static_cast<std::size_t>(core.settings.intake.max_text_bytes);
    out.max_document_bytes = static_cast<std::size_t>(core.settings.server.max_body_bytes);
    // Four comparisons that did not come to an end.
    out.books_late_after = std::max<Millis>(Millis{60'000}, 4 * core.settings.reconciliation.interval);
    out.wait = core.settings.server.wait;
    return out;
}

/// Anybody may read which plugins there are, and nobody in what folder.
std::string name_of_file(const std::string& plugin) {
    const std::filesystem::path path(plugin);
    return path.extension() == ".so" ? path.stem().string() : path.filename().string();
}

}  // namespace

WebHost::WebHost(CoreServices& core, observe::Log& log)
    : core_(core),
      kpis_(metrics_, core.clock, core.settings.treasury.asset),
      scope_(core.executor),
      until_next_look_(core.executor),
      limiter_(core.clock, limiter_settings(core.settings.rate_limit, core.plugins->has_cache())),
      throttle_(core.clock, {}),
      idempotency_(*core.store, core.executor, core.clock, idempotency_settings(core.settings.server)),
      router_({core.executor, scope_, *core.tokens, limiter_, idempotency_, metrics_, kpis_, log, *core.api_keys},
              router_settings(core.settings, *core.cache)),
      auth_routes_(*core.users, *core.tokens, throttle_),
      api_{*core.store,          *core.invoices, *core.approvals,  *core.payments, *core.resolver, *core.elsewhere,
           *core.policy,         *core.vendors,  *core.dashboard,  *core.logs,     *core.cache,    *core.history,
           *core.reconciliation, *core.breaks,   *core.quarantine, core.assets,    core.clock,     kpis_,
           api_settings(core)},
      rehearsal_({core.plugins->storage(), core.executor, scope_, core.ids, core.clock, *core.facts, *core.reader,
                  *core.saga, *core.runner, core.rails, core.assets, core.settings.commit.read_timeout}),
      rehearsed_(api_, rehearsal_),
      rehearsed_users_(rehearsal_.store, *core.passwords, core.clock, random_),
      rehearsed_keys_(rehearsal_.store, core.clock, random_, scope_, {.max_lifetime = core.settings.auth.api_key_ttl}),
      rehearsed_key_routes_(rehearsed_keys_, core.clock),
      rehearsed_user_routes_(rehearsed_users_, throttle_),
      event_services_{events_, core.plugins->storage(), core.clock},
      api_key_routes_(*core.api_keys, core.clock),
      user_routes_(*core.users, throttle_),
      clients_(trusted_proxies(core.settings.server)),
      edge_(edge_settings(core.settings.server), clients_.before(router_.handler()),
            clients_.before(router_.body_judge()), router_.prompt()) {
    http::add_health_routes(
        router_, core.clock, core.executor, TREASURER_VERSION, [this] { return services(); },
        [this] { return is_quarantined(); });
    http::add_metrics_routes(
        router_, metrics_, kpis_,
        core.settings.server.metrics_open ? http::Access::anyone() : http::Access::needs(auth::Permission::read));
    auth_routes_.add_to(router_);
    http::add_api(router_, api_, rehearsed_.services());
    http::add_plugins(router_, [this] { return plugin_report(*core_.plugins, *core_.pipeline); });
    api_key_routes_.add_to(router_, rehearsed_key_routes_);
    user_routes_.add_to(router_, rehearsed_user_routes_);
    events_->on_telling([&core](std::string_view user) { core.cache->told(user); });
    http::add_events(router_, event_services_);
    if (core.settings.rate_limit.enabled && core.settings.rate_limit.shared && core.plugins->has_cache())
        shared_limits_.emplace(limiter_, core.plugins->cache(), core.executor, core.clock);
    publish_metrics();
    publish_queues(metrics_, core_, edge_, *events_);
    publish_heap(metrics_);
    kpis_.reads_from(kpi_sources(core));
    metrics_.counter_from("treasurer_log_lines_lost_total", "Lines of the log that were not written",
                          [&log] { return static_cast<double>(log.lost()); });
}

void WebHost::count_end(const Payment& payment) {
    if (payment.state == PaymentState::settled)
        kpis_.transaction_approved(payment.amount);
    else
        kpis_.transaction_rejected();
}

WebHost::~WebHost() {
    core_.runner->on_ended(nullptr);
    core_.follower->tell(nullptr);
    events_->on_news(nullptr);
}

atr::Result<> WebHost::start() {
    http::add_docs(router_, TREASURER_VERSION);  // all others are there by now: it describes them
    core_.follower->tell(events_);
    core_.runner->on_ended([this](const Payment& payment) { count_end(payment); });
    if (auto started = edge_.start(); !started) return started;
    events_->on_news([this] { edge_.wake_streams(); });
    edge_.wake_streams();  // for what came in between
    if (shared_limits_) shared_limits_->start(scope_);
    scope_.spawn(look_at_figures());
    return {};
}

Task<> WebHost::look_at_figures() {
    while (!stopping_) {
        Task<> waiting = until_next_look_.wait(look_at_figures_every);
        co_await waiting;
        kpis_.look();
        spare_memory_.look();
    }
}

std::string WebHost::authority() const {
    const std::string& address = core_.settings.server.address;
    return (address.find(':') == std::string::npos ? address : "[" + address + "]") + ":" +
           std::to_string(edge_.port());
}

bool WebHost::stop(Millis drain) {
    core_.runner->waiters().close();
    const bool drained = edge_.drain(drain);
    if (shared_limits_) shared_limits_->stop();
    stopping_ = true;
    until_next_look_.wake();
    const bool idle = scope_.wait_idle(drain);
    return drained && idle;
}

Task<std::vector<http::ServiceState>> WebHost::services() {
    std::vector<http::ServiceState> out;
    CallOptions options;
    options.timeout = health_timeout;
    const auto& plugins = core_.settings.plugins;
    const auto add = [&](std::string name, const std::string& type, const atr::Result<std::string>& health,
                         UnixMillis began, bool required) {
        // A plugin without a health call is as healthy as its last start.
        const bool healthy = health.has_value() || health.outcome() == atr::Outcome::unsupported;
        out.push_back({.name = std::move(name),
                       .is_healthy = healthy,
                       .is_required = required,
                       .type = name_of_file(type),
                       .latency_ms = static_cast<double>(core_.clock.unix_ms() - began),
                       .cause = healthy ? std::string() : std::string(code_name(health.error().code))});
    };
    UnixMillis began = core_.clock.unix_ms();
    Task<atr::Result<std::string>> asking_storage = storage_health(options);
    const atr::Result<std::string> storage = co_await asking_storage;
    add("database", plugins.storage.use, storage, began, true);
    began = core_.clock.unix_ms();
    Task<atr::Result<std::string>> asking_cache = core_.plugins->cache().health(options);
    const atr::Result<std::string> cache = co_await asking_cache;
    add("cache", plugins.cache.use, cache, began, false);
    for (const auto& [name, rail] : core_.plugins->rails()) {
        began = core_.clock.unix_ms();
        Task<atr::Result<std::string>> asking = rail->health(options);
        const atr::Result<std::string> health = co_await asking;
        add(rail.get() == core_.treasury_rail() ? "rail" : "rail." + name, plugins.rails.at(name).use, health, began,
            rail.get() == core_.treasury_rail());
    }
    bool first = true;
    for (const auto& [name, parser] : core_.plugins->parsers()) {
        began = core_.clock.unix_ms();
        Task<atr::Result<std::string>> asking = parser->health(options);
        const atr::Result<std::string> health = co_await asking;
        add(first ? "parser" : "parser." + name, plugins.parsers.at(name).use, health, began, first);
        first = false;
    }
    co_return out;
}

/// A load balancer does not wait as long as storage may take for a read.
Task<std::optional<bool>> WebHost::is_quarantined() {
    Completion<std::optional<bool>> answer(core_.executor);
    scope_.spawn(look_for_quarantine(answer));
    core_.executor.post_after(health_timeout, [answer] { answer.set(std::nullopt); });
    const std::optional<bool> found = co_await answer;
    co_return found;
}

Task<> WebHost::look_for_quarantine(Completion<std::optional<bool>> answer) {
    Task<atr::Result<Quarantine>> reading = core_.quarantine->current();
    const atr::Result<Quarantine> quarantine = co_await reading;
    answer.set(quarantine ? std::optional<bool>(quarantine->active) : std::nullopt);
}

/// A storage says that it is well, and has all it needs: one key of every collection is read, whether it is there or
/// not. A table that is gone or a right that was taken shows in no other way.
Task<atr::Result<std::string>> WebHost::storage_health(CallOptions options) {
    Task<atr::Result<std::string>> asking = core_.plugins->storage().health(options);
    atr::Result<std::string> health = co_await asking;
    if (!health && health.outcome() != atr::Outcome::unsupported) co_return health;
    std::vector<atr::Key> keys;
    for (const auto& collection : record_schema().collections) keys.push_back({collection.name, "health"});
    Task<atr::Result<std::vector<atr::Record>>> reading = core_.plugins->storage().get(std::move(keys), options);
    const atr::Result<std::vector<atr::Record>> read = co_await reading;
    if (!read) co_return read.error();
    co_return health;
}

void WebHost::publish_metrics() {
    publish_edge();
    publish_payments();
    publish_books();
    publish_plugin_metrics(metrics_, core_);
}

void WebHost::publish_edge() {
    const auto of_edge = [this](auto read) {
        return [this, read] { return static_cast<double>(read(edge_.stats())); };
    };
    metrics_.gauge_from("treasurer_http_streams_open", "Clients that listen to events or wait for one",
                        of_edge([](const http::EdgeStats& stats) { return stats.open_streams; }));
    metrics_.gauge_from("treasurer_http_real_time_threads",
                        "Transport threads that run before other threads of the machine",
                        of_edge([](const http::EdgeStats& stats) { return stats.real_time_threads; }));
    metrics_.gauge_from("treasurer_connections_open", "Open HTTP connections",
                        of_edge([](const http::EdgeStats& stats) { return stats.open_connections; }));
    metrics_.counter_from("treasurer_edge_refused_total", "Requests the edge refused by itself",
                          of_edge([](const http::EdgeStats& stats) { return stats.refused; }));
    metrics_.counter_from("treasurer_edge_slow_readers_total",
                          "Connections closed because too much waited for clients that do not read",
                          of_edge([](const http::EdgeStats& stats) { return stats.slow_readers; }));
    metrics_.counter_from("treasurer_rate_taken_elsewhere_total",
                          "Requests that other hosts let pass, taken out of the limits of this one",
                          [this] { return shared_limits_ ? static_cast<double>(shared_limits_->heard()) : 0.0; });
    metrics_.counter_from("treasurer_rate_sharing_failures_total",
                          "Times that the cache did not take what this host let pass",
                          [this] { return shared_limits_ ? static_cast<double>(shared_limits_->failures()) : 0.0; });
}

void WebHost::publish_payments() {
    metrics_.gauge_from("treasurer_payments_active", "Payments this host is working on",
                        [this] { return static_cast<double>(core_.runner->active()); });
    metrics_.counter_from("treasurer_payments_taken_over_total", "Due payments leased by this host",
                          [this] { return static_cast<double>(core_.runner->counters().taken_over.load()); });
    metrics_.counter_from("treasurer_payments_unreadable_total",
                          "Times that the records of a payment that was due could not be read",
                          [this] { return static_cast<double>(core_.saga->counters().unreadable.load()); });
    metrics_.counter_from("treasurer_payment_ends_refused_total",
                          "Times that the end of a payment could not be written, however often it was tried",
                          [this] { return static_cast<double>(core_.saga->counters().endings_refused.load()); });
    metrics_.counter_from("treasurer_commit_retries_total", "Commits that storage had not applied and were tried again",
                          [this] { return static_cast<double>(core_.pipeline->retries().made); });
    metrics_.counter_from("treasurer_commit_retries_refused_total",
                          "Commits that were not tried again because the retry budget was spent",
                          [this] { return static_cast<double>(core_.pipeline->retries().refused); });
    metrics_.counter_from("treasurer_retention_removed_total",
                          "Keys of commits and entries of the change feed that this host has forgotten",
                          [this] { return static_cast<double>(core_.retention->removed()); });
}

void WebHost::publish_books() {
    using reconcile::ReconciliationReport;
    /// Of the last comparison; `otherwise` where there is none yet.
    const auto of_report = [this](auto read, double otherwise = 0) {
        return [this, read, otherwise] {
            const auto report = core_.reconciliation->last();
            return report ? static_cast<double>(read(*report)) : otherwise;
        };
    };
    const auto seconds_since = [this](UnixMillis then_ms) {
        return static_cast<double>(core_.clock.unix_ms() - then_ms) / 1000;
    };
    metrics_.gauge_from("treasurer_quarantined", "1: nothing is sent until the books agree with the rails; 0: normal",
                        [this] { return core_.quarantine->active() ? 1.0 : 0.0; });
    metrics_.gauge_from(
        "treasurer_books_equal",
        "1: at the last comparison the books equalled every rail; 0: they did not; -1: not compared yet",
        of_report([](const ReconciliationReport& report) { return report.equal() ? 1 : 0; }, -1));
    metrics_.gauge_from(
        "treasurer_books_as_of_seconds",
        "When the books were last compared with every rail, in seconds since 1970; 0: not yet",
        of_report([](const ReconciliationReport& report) { return static_cast<double>(report.as_of_ms) / 1000; }));
    metrics_.gauge_from(
        "treasurer_books_age_seconds", "How long ago the books were last compared with every rail; -1: not yet",
        of_report([seconds_since](const ReconciliationReport& report) { return seconds_since(report.as_of_ms); }, -1));
    metrics_.gauge_from("treasurer_books_breaks", "What the last comparison could not explain",
                        of_report([](const ReconciliationReport& report) { return report.breaks_total; }));
    for (const char* kind : reconcile::kind::all)
        metrics_.gauge_from("treasurer_books_breaks_of_kind", "The same by kind, of the first thousand",
                            of_report([kind](const ReconciliationReport& report) {
                                return std::count_if(report.breaks.begin(), report.breaks.end(),
                                                     [&](const auto& found) { return found.kind == kind; });
                            }),
                            {{"kind", kind}});
    metrics_.gauge_from("treasurer_books_oldest_break_seconds",
                        "Since the oldest break was first seen; 0: there is none",
                        of_report([this, seconds_since](const ReconciliationReport& report) {
                            UnixMillis oldest = core_.clock.unix_ms();
                            for (const auto& found : report.breaks)
                                if (found.first_seen_ms > 0) oldest = std::min(oldest, found.first_seen_ms);
                            return seconds_since(oldest);
                        }));
    metrics_.gauge_from("treasurer_payments_unknown", "Payments of which the rail has not said what became of them",
                        of_report([](const ReconciliationReport& report) { return report.unknown_payments; }));
    metrics_.gauge_from("treasurer_payments_unknown_oldest_seconds",
                        "Since the oldest of them was made; 0: there is none",
                        of_report([seconds_since](const ReconciliationReport& report) {
                            return report.oldest_unknown_ms == 0 ? 0.0 : seconds_since(report.oldest_unknown_ms);
                        }));
}

}  // namespace treasurer::app
