#include "topology.hpp"

#include "cluster_topology.hpp"
#include "sentinel_topology.hpp"

namespace cache_redis {

namespace {

class OneServer final : public Topology {
public:
    explicit OneServer(Endpoint server) : server_(std::move(server)) {}
    atr::Result<Endpoint> find(std::uint16_t, Deadline) override { return server_; }
    void suspect(const Endpoint&) override {}
    void moved(std::uint16_t, const Endpoint&) override {}

private:
    const Endpoint server_;
};

}  // namespace

std::unique_ptr<Topology> make_topology(const RedisSettings& settings, const Dialer& to_servers,
                                        const Dialer& to_sentinels) {
    std::vector<Endpoint> addresses;
    for (const auto& address : settings.addresses) addresses.push_back(*Endpoint::parse(address));
    if (settings.mode == "sentinel") return std::make_unique<SentinelTopology>(settings, addresses, to_sentinels);
    if (settings.mode == "cluster") return std::make_unique<ClusterTopology>(settings, addresses, to_servers);
    return std::make_unique<OneServer>(addresses[0]);
}

}  // namespace cache_redis
