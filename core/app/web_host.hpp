/// The HTTP face of a host: edge, router and routes over the core.
#pragma once

#include "app/allocator.hpp"
#include "app/core_services.hpp"
#include "auth/login_throttle.hpp"
#include "http/auth_routes.hpp"
#include "http/client_address.hpp"
#include "http/edge.hpp"
#include "http/health_routes.hpp"
#include "http/routes/api_key_routes.hpp"
#include "http/routes/api_services.hpp"
#include "http/routes/dry_run.hpp"
#include "http/routes/event_routes.hpp"
#include "http/routes/user_routes.hpp"
#include "http/shared_limits.hpp"
#include "observe/kpis.hpp"
#include "runtime/pause.hpp"

#include <atomic>
#include <optional>
#include <string>

namespace treasurer::app {

/// Lifetime: the core outlives it; stop() it before the core closes.
class WebHost {
public:
    WebHost(CoreServices& core, observe::Log& log);

    /// Errors: rejected, naming the address that cannot be had.
    atr::Result<> start();
    /// "127.0.0.1:8080"
    std::string authority() const;
    /// Lets requests under way finish. False: some were cut off.
    bool stop(Millis drain);
    ~WebHost();

private:
    Task<std::vector<http::ServiceState>> services();
    Task<atr::Result<std::string>> storage_health(CallOptions options);
    Task<std::optional<bool>> is_quarantined();
    Task<> look_for_quarantine(Completion<std::optional<bool>> answer);
    void publish_metrics();
    void publish_edge();
    void publish_payments();
    void publish_books();
    void count_end(const Payment& payment);
    Task<> look_at_figures();

    CoreServices& core_;
    observe::Metrics metrics_;
    observe::Kpis kpis_;
    TaskScope scope_;
    Pause until_next_look_;
    SpareMemory spare_memory_;
    std::atomic<bool> stopping_{false};
    http::RateLimiter limiter_;
    auth::LoginThrottle throttle_;
    http::Idempotency idempotency_;
    http::Router router_;
    http::AuthRoutes auth_routes_;
    http::ApiServices api_;
    SystemRandom random_;
    intake::Rehearsal rehearsal_;
    http::RehearsedServices rehearsed_;
    auth::Users rehearsed_users_;
    auth::ApiKeys rehearsed_keys_;
    http::ApiKeyRoutes rehearsed_key_routes_;
    http::UserRoutes rehearsed_user_routes_;
    std::shared_ptr<http::EventHub> events_ = std::make_shared<http::EventHub>();
    http::EventServices event_services_;
    http::ApiKeyRoutes api_key_routes_;
    http::UserRoutes user_routes_;
    std::optional<http::SharedLimits> shared_limits_;
    const http::ClientAddresses clients_;
    http::Edge edge_;
};

}  // namespace treasurer::app
