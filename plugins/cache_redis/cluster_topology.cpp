#include "cluster_topology.hpp"

#include <algorithm>

#include "errors.hpp"

namespace cache_redis {

namespace {

bool is_slot(const Reply& reply) {
    return reply.type == Reply::Type::integer && reply.integer >= 0 && reply.integer < slot_count;
}

/// [host, port, ...]; nothing for a node whose host is not known.
std::optional<Endpoint> read_node(const Reply& node, const Endpoint& asked) {
    if (node.list.size() < 2 || node.list[0].text == "?") return std::nullopt;
    return Endpoint::parse(node.list[0].text + ':' + std::to_string(node.list[1].integer), asked.host);
}

}  // namespace

atr::Result<SlotTable> SlotTable::read(const Reply& reply, const Endpoint& asked) {
    SlotTable out;
    if (reply.type != Reply::Type::list) return unexpected("CLUSTER SLOTS");
    for (const Reply& range : reply.list) {
        if (range.list.size() < 3 || !is_slot(range.list[0]) || !is_slot(range.list[1]))
            return unexpected("CLUSTER SLOTS");
        const auto master = read_node(range.list[2], asked);
        if (!master) continue;
        out.assign(static_cast<std::uint16_t>(range.list[0].integer), static_cast<std::uint16_t>(range.list[1].integer),
                   *master);
    }
    if (out.masters_.empty()) return atr::retry(ATR_E_UNREACHABLE, asked.text() + ": the cluster serves no slot");
    return out;
}

const Endpoint* SlotTable::find(std::uint16_t slot) const {
    const std::uint16_t master = master_of_[slot];
    return master == nobody ? nullptr : &masters_[master];
}

void SlotTable::assign(std::uint16_t from, std::uint16_t to, const Endpoint& master) {
    const auto found = std::ranges::find(masters_, master);
    const auto index = static_cast<std::uint16_t>(found - masters_.begin());
    if (found == masters_.end()) masters_.push_back(master);
    for (unsigned slot = from; slot <= to; ++slot) master_of_[slot] = index;
}

ClusterTopology::ClusterTopology(const RedisSettings& settings, std::vector<Endpoint> seeds, const Dialer& dialer)
    : seeds_(std::move(seeds)),
      dialer_(dialer),
      candidates_(seeds_),
      table_([this](Deadline deadline) { return ask_any(deadline); }, settings) {}

atr::Result<Endpoint> ClusterTopology::find(std::uint16_t slot, Deadline deadline) {
    const auto table = table_.get(deadline);
    if (!table) return table.error();
    if (const Endpoint* const found = (*table)->find(slot)) return *found;
    table_.suspect();
    return atr::retry(ATR_E_UNREACHABLE, "no node of the cluster serves slot " + std::to_string(slot));
}

void ClusterTopology::moved(std::uint16_t slot, const Endpoint& master) {
    table_.amend([&](SlotTable& table) { table.assign(slot, slot, master); });
    table_.suspect();
}

/// Each has an equal share of the time that is left, so that one that hangs does not hide the others.
atr::Result<SlotTable> ClusterTopology::ask_any(Deadline deadline) {
    std::vector<Endpoint> ask;
    {
        const std::lock_guard lock(mutex_);
        ask = candidates_;
    }
    atr::Error last;
    for (std::size_t i = 0; i < ask.size(); ++i) {
        const Millis share(deadline.poll_ms() / static_cast<int>(ask.size() - i));
        const auto reply = ask_once(dialer_, ask[i], {"CLUSTER", "SLOTS"}, deadline.within(share));
        auto table = reply ? SlotTable::read(*reply, ask[i]) : atr::Result<SlotTable>(reply.error());
        if (!table) {
            last = table.error();
            continue;
        }
        std::vector<Endpoint> next = {ask[i]};
        for (const auto* more : {&table->masters(), &seeds_})
            for (const Endpoint& one : *more)
                if (std::ranges::find(next, one) == next.end()) next.push_back(one);
        const std::lock_guard lock(mutex_);
        candidates_ = std::move(next);
        return table;
    }
    const std::lock_guard lock(mutex_);
    std::ranges::rotate(candidates_, candidates_.begin() + 1);
    return last;
}

}  // namespace cache_redis
