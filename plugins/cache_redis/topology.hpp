/// Who serves a slot. Standalone and Sentinel serve all slots from one server.
/// Threads: any.
#pragma once

#include <memory>

#include "dialer.hpp"
#include "endpoint.hpp"
#include "settings.hpp"

namespace cache_redis {

class Topology {
public:
    virtual ~Topology() = default;
    /// Errors: retry  nobody could be asked, or nobody serves the slot   rejected  the servers refuse us
    virtual atr::Result<Endpoint> find(std::uint16_t slot, Deadline) = 0;
    /// This server could not be reached, or says that it is not the one.
    virtual void suspect(const Endpoint&) = 0;
    /// A server says that another serves the slot.
    virtual void moved(std::uint16_t slot, const Endpoint&) = 0;
};

/// `to_servers` dials those that hold data, `to_sentinels` those that are asked for them; both outlive the topology.
std::unique_ptr<Topology> make_topology(const RedisSettings&, const Dialer& to_servers, const Dialer& to_sentinels);

}  // namespace cache_redis
