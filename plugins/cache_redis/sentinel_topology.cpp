#include "sentinel_topology.hpp"

#include "errors.hpp"

namespace cache_redis {

SentinelTopology::SentinelTopology(const RedisSettings& settings, std::vector<Endpoint> sentinels, const Dialer& dialer)
    : name_(settings.master),
      sentinels_(std::move(sentinels)),
      dialer_(dialer),
      master_([this](Deadline deadline) { return ask_all(deadline); }, settings) {}

atr::Result<Endpoint> SentinelTopology::find(std::uint16_t, Deadline deadline) {
    const auto known = master_.get(deadline);
    if (!known) return known.error();
    return **known;
}

/// Each has an equal share of the time that is left, so that one that hangs does not hide the others.
atr::Result<Endpoint> SentinelTopology::ask_all(Deadline deadline) {
    atr::Error last;
    const std::size_t first = first_, count = sentinels_.size();
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t index = (first + i) % count;
        auto answer = ask(sentinels_[index], deadline.within(Millis(deadline.poll_ms() / static_cast<int>(count - i))));
        if (answer) {
            first_ = index;
            return answer;
        }
        last = answer.error();
    }
    first_ = (first + 1) % count;
    return last;
}

atr::Result<Endpoint> SentinelTopology::ask(const Endpoint& sentinel, Deadline deadline) const {
    const auto reply = ask_once(dialer_, sentinel, {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", name_}, deadline);
    if (!reply) return reply.error();
    if (reply->type == Reply::Type::nil)
        return atr::rejected(ATR_E_CONFIG, sentinel.text() + " knows no master named '" + name_ + "'");
    if (reply->list.size() != 2) return unexpected("SENTINEL GET-MASTER-ADDR-BY-NAME");
    const auto master = Endpoint::parse(reply->list[0].text + ':' + reply->list[1].text);
    if (!master) return unexpected("SENTINEL GET-MASTER-ADDR-BY-NAME");
    return *master;
}

}  // namespace cache_redis
