/// GET /health, /health/live and /health/ready: for load balancers and people, without signing in, never limited.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "http/router.hpp"

namespace treasurer::http {

/// One service the host stands on: "database", "cache", "rail", "parser".
struct ServiceState {
    std::string name;
    bool is_healthy = false;
    bool is_required = true;  ///< without it the host is not ready
    std::string type;         ///< the plugin's name
    std::optional<double> latency_ms = std::nullopt;
    std::string cause = {};  ///< of an unhealthy one, as one word: "unreachable"; what the service said is in the log
};

/// Asks the services, within its own deadline.
using ReadServices = std::function<Task<std::vector<ServiceState>>()>;

/// Whether the store is in quarantine: the host serves, and sends nothing to a rail. Without a value: it cannot be
/// read.
using ReadQuarantine = std::function<Task<std::optional<bool>>()>;

/// /health and /health/live are answered on the transport thread, without any I/O; /health/ready with 200 or 503. One
/// question at a time goes to the services, and what it found is the answer to all for a second: who asks without end
/// makes no work for them.
/// Lifetime: clock and executor outlive the router.
void add_health_routes(Router& router, const Clock& clock, Executor& executor, std::string version,
                       ReadServices read_services, ReadQuarantine read_quarantine = {});

}  // namespace treasurer::http
