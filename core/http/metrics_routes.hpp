/// GET /metrics, as Prometheus text or, when JSON is asked for, as the original service's figures; POST /metrics/reset.
#pragma once

#include "http/router.hpp"

namespace treasurer::http {

/// Setting the figures back needs an admin; the Prometheus counters are never set back. `access` is who may read.
/// Lifetime: metrics and kpis outlive the router.
void add_metrics_routes(Router& router, const observe::Metrics& metrics, observe::Kpis& kpis, Access access);

}  // namespace treasurer::http
