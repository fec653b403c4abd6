#include "app/core_services.hpp"

#include "app/process_faults.hpp"
#include "app/startup_error.hpp"
#include "net/http_client.hpp"
#include "runtime/block_on.hpp"

#include <algorithm>
#include <filesystem>

namespace treasurer::app {
namespace {

observe::Level level_of(atr::LogLevel level) {
    switch (level) {
        case atr::LogLevel::trace:
            return observe::Level::trace;
        case atr::LogLevel::debug:
            return observe::Level::debug;
        case atr::LogLevel::info:
            return observe::Level::info;
        case atr::LogLevel::warn:
            return observe::Level::warn;
        case atr::LogLevel::error:
        case atr::LogLevel::fatal:
            return observe::Level::error;
    }
    return observe::Level::error;
}

/// For one page of a statement. A rail that does not answer keeps a host from serving no longer than this.
constexpr Millis rail_patience_at_start{2000};

}  // namespace

CoreServices::CoreServices(Given given)
    : settings(given.settings),
      clock(given.clock),
      log(given.log),
      executor(static_cast<unsigned>(given.settings.server.worker_threads)),
      ids(given.clock, given.random),
      secrets(given.env),
      random_(given.random) {}

CoreServices::~CoreServices() {
    close(Millis{2000});
}

HostSinks CoreServices::sinks() {
    HostSinks out;
    out.log = [this](atr::LogLevel level, std::string_view instance, std::string_view message,
                     std::string_view fields) {
        log.write(level_of(level), "plugin", {{"instance", instance}, {"said", message}, {"fields", fields}});
    };
    out.failed = [this](const CallFailure& failure) {
        // A request that was refused for what it asked, and not for how the plugin fares.
        const bool is_answer = failure.error.outcome == atr::Outcome::rejected &&
                               (failure.error.code == ATR_E_BAD_INPUT || failure.error.code >= 100);
        std::vector<observe::Field> fields{{"instance", failure.instance},
                                           {"operation", failure.operation},
                                           {"outcome", atr::to_string(failure.error.outcome)},
                                           {"code", code_name(failure.error.code)},
                                           {"said", failure.error.message},
                                           {"left_out", failure.left_out}};
        if (!failure.error.vendor_code.empty()) fields.emplace_back("vendor_code", failure.error.vendor_code);
        if (!failure.request_id.empty()) fields.emplace_back("request_id", failure.request_id);
        log.write(is_answer ? observe::Level::info : observe::Level::warn, "plugin call failed", fields);
    };
    // Shared with the sinks: a plugin's thread that never came back may still be in a call when the host has ended.
    const bool is_wanted = [this] {
        const auto& given = settings.plugins;
        const auto wants = [](const PluginSlot& slot) { return !slot.http_allow.empty(); };
        const auto any = [&](const std::map<std::string, PluginSlot>& slots) {
            return std::any_of(slots.begin(), slots.end(), [&](const auto& entry) { return wants(entry.second); });
        };
        return wants(given.storage) || wants(given.cache) || any(given.rails) || any(given.parsers);
    }();
    if (is_wanted)
        out.http = [client = std::make_shared<net::HttpClient>()](const HttpRequest& request) {
            return client->send(request);
        };
    out.metric = [this](const MetricSample& sample) {
        const auto& [kind, instance, name, value, labels] = sample;
        switch (kind) {
            case MetricSample::Kind::counter:
                return plugin_metrics.count(instance, name, value, labels);
            case MetricSample::Kind::gauge:
                return plugin_metrics.set(instance, name, value, labels);
            case MetricSample::Kind::histogram:
                return plugin_metrics.observe(instance, name, value, labels);
        }
    };
    out.secret = [this](std::string_view reference) { return secrets.resolve(reference); };
    out.host_version = TREASURER_VERSION;
    return out;
}

atr::Result<std::unique_ptr<CoreServices>> CoreServices::open(Given given, WantedPlugins wanted) {
    std::unique_ptr<CoreServices> out(new CoreServices(given));
    auto faults = ProcessFaults::parse(given.settings.testing.fault_point);
    if (!faults) return faults.error();
    out->faults = std::move(*faults);
    auto plugins = PluginSet::load(given.settings.plugins, {out->executor, given.clock, out->sinks()}, wanted);
    if (!plugins) return plugins.error();
    out->plugins = std::move(*plugins);
    for (const auto& [name, rail] : out->plugins->rails()) out->rails.add(*rail);
    out->rails.prefer(given.settings.treasury.rail);
    out->reader = out->make_reader();
    return out;
}

atr::Result<auth::SecretKey> CoreServices::key(const std::string& reference, const std::string& purpose) {
    if (reference.empty()) return auth::key_from_file(std::filesystem::path(settings.data_dir) / (purpose + ".key"));
    auto secret = secrets.resolve(reference);
    if (!secret) return secret.error();
    return auth::key_from_secret(*secret, purpose);
}

/// A key file that was renamed in the data folder is an earlier key too.
atr::Result<auth::TokenSigner> CoreServices::token_signer() {
    auto current = key(settings.auth.jwt_key, "tokens");
    if (!current) return current.error();
    std::vector<auth::SecretKey> earlier;
    for (const auto& reference : settings.auth.jwt_keys_old) {
        const auto one = key(reference, "tokens");
        if (!one) return one.error();
        earlier.push_back(*one);
    }
    const auto renamed = std::filesystem::path(settings.data_dir) / "tokens.old.key";
    std::error_code none;
    if (std::filesystem::exists(renamed, none)) {
        const auto one = auth::key_from_file(renamed);
        if (!one) return one.error();
        earlier.push_back(*one);
    }
    return auth::TokenSigner(*current, std::move(earlier), settings.auth.audience);
}

std::unique_ptr<intake::DocumentReader> CoreServices::make_reader() const {
    std::vector<ParserPort*> parsers;
    for (const auto& name : settings.intake.order)
        if (ParserPort* parser = plugins->parser(name)) parsers.push_back(parser);
    if (settings.intake.order.empty())
        for (const auto& [name, parser] : plugins->parsers()) parsers.push_back(parser.get());
    intake::ReaderSettings reading;
    reading.max_text_bytes = static_cast<std::size_t>(settings.intake.max_text_bytes);
    reading.max_document_bytes = static_cast<std::size_t>(settings.server.max_body_bytes);
    reading.parse_timeout = settings.intake.parse_timeout;
    return std::make_unique<intake::DocumentReader>(std::move(parsers), reading);
}

atr::Result<> CoreServices::start_serving(bool new_blob_key) {
    const auto same_key = block_on(executor, settle_blob_key(*store, *sealer, new_blob_key));
    if (!same_key) return cannot("the key that seals prepared payments", same_key.error());
    reconcile::StatementFollower at_start(*store, assets, clock, {.timeout = rail_patience_at_start});
    std::size_t not_ours = 0;
    for (const auto& [name, rail] : rails.all()) {
        const auto followed = block_on(executor, at_start.follow(*rail));
        const bool may_pass =
            !followed && (followed.outcome() == atr::Outcome::retry || followed.outcome() == atr::Outcome::unknown);
        if (!followed && !may_pass) return cannot("the statement of rail '" + name + "'", followed.error());
        // What came in meanwhile is booked by the first comparison that reaches it: until then there is less to spend.
        if (!followed)
            log.warn("a rail's statement cannot be read yet; the host serves without what came in there",
                     {{"rail", name}, {"why", followed.error().message}});
        else if (followed->booked > 0)
            log.info("receipts booked", {{"rail", name}, {"count", followed->booked}});
        not_ours += followed ? followed->not_ours : 0;
    }
    if (not_ours > 0) {  // before anybody's invoice is taken: it may be one of those that were lost
        log.warn("a rail shows payments that these books did not send; everything is compared first",
                 {{"count", not_ours}});
        const auto compared = block_on(executor, reconciliation->run());
        if (!compared) return cannot("whether the books have lost payments", compared.error());
    }
    const auto quarantined = block_on(executor, quarantine->current());
    if (!quarantined) return cannot("whether the store is in quarantine", quarantined.error());
    if (quarantined->active)
        log.warn(
            "the store is in quarantine: nothing is sent until the books agree with the rails, or an admin "
            "releases it",
            {{"reason", quarantined->reason}});
    static_cast<void>(block_on(executor, follower->begin()));  // where storage fails, it is tried again
    follower->start(scope);
    runner->start();
    reconciliation->start(scope);
    expiry->start(scope);
    sweep->start(scope);
    retention->start(scope);
    watch->start(scope);
    history->start(scope);
    return {};
}

void CoreServices::close(Millis patience) {
    if (std::exchange(closed_, true)) return;
    if (runner) runner->stop();
    if (follower) follower->stop();
    if (reconciliation) reconciliation->stop();
    if (expiry) expiry->stop();
    if (sweep) sweep->stop();
    if (retention) retention->stop();
    if (watch) watch->stop();
    if (history) history->stop();
    if (!scope.wait_idle(patience))
        log.warn("work was still under way; its leases will end and any host will go on with it",
                 {{"tasks", scope.running()}});
    if (plugins) plugins->stop();
    executor.stop();
    passwords.reset();  // whom storage answered late may have asked it until now
}

}  // namespace treasurer::app
