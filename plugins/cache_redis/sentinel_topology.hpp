/// The master that the Sentinels name. That it is one is checked again, by ROLE, at each connection to it.
/// Threads: any. Lifetime: the dialer outlives it.
#pragma once

#include <atomic>
#include <vector>

#include "learnt.hpp"
#include "topology.hpp"

namespace cache_redis {

class SentinelTopology final : public Topology {
public:
    SentinelTopology(const RedisSettings&, std::vector<Endpoint> sentinels, const Dialer&);

    atr::Result<Endpoint> find(std::uint16_t slot, Deadline) override;
    void suspect(const Endpoint&) override { master_.suspect(); }
    void moved(std::uint16_t, const Endpoint&) override {}

private:
    atr::Result<Endpoint> ask_all(Deadline);
    atr::Result<Endpoint> ask(const Endpoint& sentinel, Deadline) const;

    const std::string name_;
    const std::vector<Endpoint> sentinels_;
    const Dialer& dialer_;
    std::atomic<std::size_t> first_{0};  ///< the one that answered last
    Learnt<Endpoint> master_;
};

}  // namespace cache_redis
