/// dry_run=true: the same handler is asked, with services that rehearse. What would refuse the request refuses it; else
/// the answer is what would be, with Dry-Run: true, and nothing has been done.
#pragma once

#include "http/routes/api_services.hpp"
#include "intake/effect.hpp"
#include "intake/rehearsal.hpp"
#include "observe/metrics.hpp"

#include <functional>

namespace treasurer::http {

/// The services of dry runs. What does not stand in the rehearsal is the real thing: handlers only read it.
/// Lifetime: outlives the router; what it is given outlives it.
class RehearsedServices {
public:
    RehearsedServices(const ApiServices& real, intake::Rehearsal& rehearsal);

    const ApiServices& services() const { return services_; }

private:
    observe::Metrics unread_;
    observe::Kpis kpis_;  ///< a dry run counts nothing that anybody is told
    ApiServices services_;
};

/// For routes: they say `.parameters = dry_run_only` with it.
inline const std::vector<std::string> dry_run_only{"dry_run"};

/// Takes from the body of a success what only the real request would give.
using TakeIds = std::function<void(Json&)>;

/// `lasting` answers requests, `rehearsed` dry runs: its success becomes a 200 (or stays a 204) without Location, ETag
/// and Preference-Applied, since there is nothing to be found. Problems: validation_failed for a dry_run that is
/// neither true nor false.
AsyncHandler with_dry_run(AsyncHandler lasting, AsyncHandler rehearsed, TakeIds take_ids = {});

/// The same of one handler.
using ServiceHandler = std::function<Task<Response>(const ApiServices&, RequestContext)>;
AsyncHandler with_dry_run(const ApiServices& services, const ApiServices& rehearsed, ServiceHandler handler,
                          TakeIds take_ids = {});

}  // namespace treasurer::http
