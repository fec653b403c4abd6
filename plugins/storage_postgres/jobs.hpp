/// Leased jobs, on the database's clock. A lease carries a token that only grows; whoever holds an older one has lost
/// the job. A job whose lease has passed can still be finished by its token until another worker takes it.
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <vector>

#include "clock.hpp"
#include "session.hpp"

namespace storage_postgres {

/// Takes up to `max` due jobs of the queue, the longest due first; passes over those that another is just taking.
std::vector<atr::Job> lease_jobs(Session& session, const Clock& clock, const std::string& queue,
                                 const std::string& worker, std::uint32_t max, std::int64_t lease_ms,
                                 Deadline deadline);
std::uint32_t extend_leases(Session& session, const Clock& clock, const std::string& worker, std::int64_t lease_ms,
                            Deadline deadline);

}  // namespace storage_postgres
