#include "used_memory.hpp"

#include <charconv>
#include <map>

#include "slots.hpp"

namespace cache_redis {
namespace {

/// One slot of every server; nothing when not all are known.
std::map<Endpoint, std::uint16_t> servers(Topology& topology, bool is_cluster, Deadline deadline) {
    std::map<Endpoint, std::uint16_t> out;
    for (std::uint16_t slot = 0; slot < (is_cluster ? slot_count : 1); ++slot) {
        const auto found = topology.find(slot, deadline);
        if (!found) return {};
        out.emplace(*found, slot);
    }
    return out;
}

}  // namespace

std::optional<std::int64_t> used_memory(Router& router, Topology& topology, bool is_cluster, Deadline deadline) {
    std::vector<Unit> units;
    for (const auto& [endpoint, slot] : servers(topology, is_cluster, deadline))
        units.push_back({.slot = slot, .commands = {{"INFO", "memory"}}});
    if (units.empty()) return std::nullopt;
    std::int64_t out = 0;
    for (const auto& answer : router.run(units, Effect::none, deadline)) {
        const auto bytes = answer ? read_used_memory((*answer)[0].text) : std::nullopt;
        if (!bytes) return std::nullopt;
        out += *bytes;
    }
    return out;
}

std::optional<std::int64_t> read_used_memory(std::string_view info) {
    constexpr std::string_view name = "\nused_memory:";
    const auto at = info.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    info.remove_prefix(at + name.size());
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(info.data(), info.data() + info.size(), out);
    if (error != std::errc{} || end == info.data() + info.size() || *end != '\r' || out < 0) return std::nullopt;
    return out;
}

}  // namespace cache_redis
