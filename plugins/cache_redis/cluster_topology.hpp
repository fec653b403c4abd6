/// The slot table of a Redis Cluster, read from any of its nodes and corrected by what MOVED says.
/// Threads: any. Lifetime: the dialer outlives it.
#pragma once

#include <atomic>
#include <vector>

#include "learnt.hpp"
#include "slots.hpp"
#include "topology.hpp"

namespace cache_redis {

/// Which master serves which slot.
class SlotTable {
public:
    SlotTable() : master_of_(slot_count, nobody) {}
    /// What CLUSTER SLOTS answers; `asked` stands for a host that is left out.
    static atr::Result<SlotTable> read(const Reply&, const Endpoint& asked);

    const Endpoint* find(std::uint16_t slot) const;
    void assign(std::uint16_t from, std::uint16_t to, const Endpoint&);
    const std::vector<Endpoint>& masters() const { return masters_; }

private:
    static constexpr std::uint16_t nobody = 0xFFFF;
    std::vector<Endpoint> masters_;
    std::vector<std::uint16_t> master_of_;
};

class ClusterTopology final : public Topology {
public:
    ClusterTopology(const RedisSettings&, std::vector<Endpoint> seeds, const Dialer&);

    atr::Result<Endpoint> find(std::uint16_t slot, Deadline) override;
    void suspect(const Endpoint&) override { table_.suspect(); }
    /// Holds at once for that slot; the whole table is read again soon.
    void moved(std::uint16_t slot, const Endpoint&) override;

private:
    atr::Result<SlotTable> ask_any(Deadline);

    const std::vector<Endpoint> seeds_;
    const Dialer& dialer_;
    std::mutex mutex_;
    std::vector<Endpoint> candidates_;  ///< whom to ask, the one that answered last first
    Learnt<SlotTable> table_;
};

}  // namespace cache_redis
