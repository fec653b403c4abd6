#include "http/health_routes.hpp"

#include <nlohmann/json.hpp>

#include "observe/timestamp.hpp"

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

Task<Response> ready(ReadServices read, ReadQuarantine read_quarantine, std::string version) {
    Task<std::vector<ServiceState>> reading = read();
    std::vector<ServiceState> services = co_await reading;
    std::optional<nlohmann::ordered_json> quarantined;
    if (read_quarantine) {
        Task<std::optional<bool>> looking = read_quarantine();
        const std::optional<bool> found = co_await looking;
        quarantined = found ? nlohmann::ordered_json(*found) : nlohmann::ordered_json();
    }
    co_return readiness(services, version, quarantined);
}

Route open_route(std::string path, std::string name, std::variant<SyncHandler, AsyncHandler> handler) {
    return {.method = "GET",
            .pattern = std::move(path),
            .name = std::move(name),
            .access = Access::anyone(),
            .handler = std::move(handler),
            .is_rate_limited = false,
            .parameters = std::vector<std::string>{}};
}

}  // namespace

void add_health_routes(Router& router, const Clock& clock, std::string version, ReadServices read_services,
                       ReadQuarantine read_quarantine) {
    router.add(open_route("/health", "health", SyncHandler([&clock, version](const RequestContext&) {
                              return state("healthy", version, clock);
                          })));
    router.add(open_route("/health/live", "health.live", SyncHandler([&clock, version](const RequestContext&) {
                              return state("alive", version, clock);
                          })));
    router.add(open_route("/health/ready", "health.ready",
                          AsyncHandler([version, read_services, read_quarantine](RequestContext) {
                              return ready(read_services, read_quarantine, version);
                          })));
}

}  // namespace treasurer::http
