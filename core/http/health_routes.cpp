#include "http/health_routes.hpp"

#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "observe/timestamp.hpp"
#include "runtime/completion.hpp"

namespace treasurer::http {
namespace {

/// Of this very moment: nobody may keep it, and a tag would never be met again.
Response never_kept(Response response) {
    response.headers.add("Cache-Control", "no-store");
    return response;
}

Response state(const char* status, const std::string& version, const Clock& clock) {
    return never_kept(Response::json(200, std::string(R"({"status":")") + status + R"(","version":")" + version +
                                              R"(","timestamp":")" + observe::timestamp(clock.unix_ms()) + "\"}"));
}

/// `quarantined` is true, false, or null when it cannot be read.
Response readiness(const std::vector<ServiceState>& services, const std::string& version,
                   const std::optional<nlohmann::ordered_json>& quarantined) {
    bool ready = true;
    nlohmann::ordered_json states = nlohmann::ordered_json::object();
    for (const auto& service : services) {
        ready = ready && (service.is_healthy || !service.is_required);
        auto& entry = states[service.name];
        entry["status"] = service.is_healthy ? "healthy" : "unhealthy";
        if (!service.cause.empty()) entry["cause"] = service.cause;
        entry["type"] = service.type;
        entry["latency_ms"] =
            service.latency_ms ? nlohmann::ordered_json(*service.latency_ms) : nlohmann::ordered_json();
    }
    nlohmann::ordered_json document;
    document["status"] = ready ? "ready" : "not_ready";
    document["services"] = std::move(states);
    if (quarantined) document["quarantined"] = *quarantined;
    document["version"] = version;
    return never_kept(Response::json(ready ? 200 : 503,
                                     document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)));
}

/// Threads: any. Lifetime: what it is given outlives it, and it outlives its tasks.
class Readiness {
public:
    Readiness(const Clock& clock, Executor& executor, std::string version, ReadServices services,
              ReadQuarantine quarantine)
        : clock_(clock),
          executor_(executor),
          version_(std::move(version)),
          services_(std::move(services)),
          quarantine_(std::move(quarantine)) {}

    Task<Response> answer() {
        for (;;) {
            Completion<bool> news(executor_);
            bool is_first = false;
            {
                const std::lock_guard lock(mutex_);
                const UnixMillis age = clock_.unix_ms() - kept_at_ms_;
                if (kept_ && age >= 0 && age < kept_for_ms) co_return *kept_;
                is_first = !std::exchange(is_looking_, true);
                if (!is_first) waiting_.push_back(news);
            }
            if (is_first) {
                Task<Response> looking = look();
                co_return co_await looking;
            }
            co_await news;
        }
    }

private:
    static constexpr UnixMillis kept_for_ms = 1000;

    /// Wakes who waits, also where the look failed.
    struct Look {
        explicit Look(Readiness& owner) : owner_(owner) {}
        Look(const Look&) = delete;
        ~Look() { owner_.looked(); }
        Readiness& owner_;
    };

    Task<Response> look() {
        const Look ends(*this);
        Task<std::vector<ServiceState>> reading = services_();
        const std::vector<ServiceState> services = co_await reading;
        std::optional<nlohmann::ordered_json> quarantined;
        if (quarantine_) {
            Task<std::optional<bool>> looking = quarantine_();
            const std::optional<bool> found = co_await looking;
            quarantined = found ? nlohmann::ordered_json(*found) : nlohmann::ordered_json();
        }
        Response out = readiness(services, version_, quarantined);
        const std::lock_guard lock(mutex_);
        kept_ = out;
        kept_at_ms_ = clock_.unix_ms();
        co_return out;
    }

    void looked() {
        std::vector<Completion<bool>> waiting;
        {
            const std::lock_guard lock(mutex_);
            is_looking_ = false;
            waiting.swap(waiting_);
        }
        for (const auto& one : waiting) one.set(true);
    }

    const Clock& clock_;
    Executor& executor_;
    const std::string version_;
    const ReadServices services_;
    const ReadQuarantine quarantine_;
    std::mutex mutex_;
    std::optional<Response> kept_;
    UnixMillis kept_at_ms_ = 0;
    bool is_looking_ = false;
    std::vector<Completion<bool>> waiting_;
};

Route open_route(std::string path, std::string name, std::variant<SyncHandler, AsyncHandler> handler) {
    return {.method = "GET",
            .pattern = std::move(path),
            .name = std::move(name),
            .access = Access::anyone(),
            .handler = std::move(handler),
            .is_rate_limited = false,
            .is_prompt = true,
            .parameters = std::vector<std::string>{}};
}

}  // namespace

void add_health_routes(Router& router, const Clock& clock, Executor& executor, std::string version,
                       ReadServices read_services, ReadQuarantine read_quarantine) {
    router.add(open_route("/health", "health", SyncHandler([&clock, version](const RequestContext&) {
                              return state("healthy", version, clock);
                          })));
    router.add(open_route("/health/live", "health.live", SyncHandler([&clock, version](const RequestContext&) {
                              return state("alive", version, clock);
                          })));
    const auto readiness =
        std::make_shared<Readiness>(clock, executor, version, std::move(read_services), std::move(read_quarantine));
    router.add(open_route("/health/ready", "health.ready",
                          AsyncHandler([readiness](RequestContext) { return readiness->answer(); })));
}

}  // namespace treasurer::http
