#include "router.hpp"

#include <algorithm>

#include "errors.hpp"
#include "slots.hpp"

namespace cache_redis {

namespace {

constexpr int most_rounds = 8;          // of redirections
constexpr std::size_t most_nodes = 64;  // kept for servers that may be gone; a cluster has fewer masters

/// Asking again cannot do it twice, and may find another server or a new connection.
bool may_repeat(const atr::Error& error, Effect effect) {
    return error.code == ATR_E_UNREACHABLE && (error.outcome == atr::Outcome::retry || effect == Effect::none);
}

void add(Commands& to, const Unit& unit, bool asking, bool whole_script) {
    for (const Words& words : unit.commands) {
        if (asking) to.add({"ASKING"});
        if (!unit.script) {
            to.add(words);
            continue;
        }
        Words full = {whole_script ? "EVAL" : "EVALSHA", whole_script ? unit.script->source : unit.script->sha1};
        full.insert(full.end(), words.begin(), words.end());
        to.add(full);
    }
}

}  // namespace

/// A unit that has no answer yet.
struct Router::Pending {
    std::size_t index = 0;
    std::optional<Endpoint> ask = {};  ///< this server, for this once
    bool whole_script = false;
    bool repeated = false;
};

atr::Result<Router::Replies> Router::run(Unit unit, Effect effect, Deadline deadline) {
    const std::vector<Unit> units = {std::move(unit)};
    return std::move(run(units, effect, deadline)[0]);
}

std::vector<atr::Result<Router::Replies>> Router::run(const std::vector<Unit>& units, Effect effect,
                                                      Deadline deadline) {
    std::vector<atr::Result<Replies>> answers(units.size(), atr::retry(ATR_E_UNREACHABLE, "redirected without end"));
    Group pending(units.size());
    for (std::size_t i = 0; i < units.size(); ++i) pending[i].index = i;
    for (int round = 0; round < most_rounds && !pending.empty(); ++round) {
        Group next;
        for (auto& [endpoint, members] : group(units, std::move(pending), answers, deadline)) {
            Group again = ask(endpoint, std::move(members), units, effect, deadline, answers);
            next.insert(next.end(), again.begin(), again.end());
        }
        pending = std::move(next);
    }
    return answers;
}

/// Those that nobody serves are answered here.
std::map<Endpoint, Router::Group> Router::group(const std::vector<Unit>& units, Group pending,
                                                std::vector<atr::Result<Replies>>& answers, Deadline deadline) {
    std::map<Endpoint, Group> out;
    for (Pending& one : pending) {
        const auto found = one.ask ? atr::Result<Endpoint>(*one.ask) : topology_.find(units[one.index].slot, deadline);
        if (!found) {
            answers[one.index] = found.error();
            continue;
        }
        out[*found].push_back(std::move(one));
    }
    return out;
}

/// One round trip to one server. Gives back those that are to be asked again.
Router::Group Router::ask(const Endpoint& endpoint, Group members, const std::vector<Unit>& units, Effect effect,
                          Deadline deadline, std::vector<atr::Result<Replies>>& answers) {
    Commands commands;
    for (const Pending& one : members) add(commands, units[one.index], one.ask.has_value(), one.whole_script);
    auto replies = node(endpoint)->run(std::move(commands), deadline);
    if (!replies) topology_.suspect(endpoint);
    Group again;
    std::size_t at = 0;
    for (Pending& one : members) {
        auto& answer = answers[one.index];
        if (!replies) {
            atr::Error error = replies.error();
            if (!std::exchange(one.repeated, true) && may_repeat(error, effect)) again.push_back(one);
            if (effect == Effect::none && error.outcome == atr::Outcome::unknown) error.outcome = atr::Outcome::retry;
            answer = std::move(error);
            continue;
        }
        Replies mine;
        const std::size_t step = one.ask ? 2 : 1;  // the answer to ASKING is skipped
        for (std::size_t i = 0; i < units[one.index].commands.size(); ++i, at += step)
            mine.push_back(std::move((*replies)[at + step - 1]));
        const auto bad = std::ranges::find_if(mine, [](const Reply& reply) { return reply.is_error(); });
        const bool redirected = bad != mine.end() && follow(one, endpoint, *bad);
        if (redirected) again.push_back(one);
        answer = redirected ? atr::Result<Replies>(error_of(*bad)) : atr::Result<Replies>(std::move(mine));
    }
    return again;
}

/// True when the unit is to be asked again, as `pending` then says. The command that was answered so did nothing.
bool Router::follow(Pending& pending, const Endpoint& asked, const Reply& error) {
    const bool was_asked = pending.ask.has_value();
    pending.ask.reset();
    if (error.is_error("MOVED") || error.is_error("ASK")) {  // "MOVED 3999 127.0.0.1:6381"
        const std::size_t slot_at = error.text.find(' ') + 1, host_at = error.text.find(' ', slot_at) + 1;
        if (slot_at == 0 || host_at == 0) return false;
        const auto to = Endpoint::parse(std::string_view(error.text).substr(host_at), asked.host);
        const auto slot = Reply{Reply::Type::text, error.text.substr(slot_at, host_at - 1 - slot_at)}.number();
        if (!to || !slot || *slot < 0 || *slot >= slot_count) return false;
        if (error.is_error("MOVED")) topology_.moved(static_cast<std::uint16_t>(*slot), *to);
        if (error.is_error("ASK")) pending.ask = *to;
        return true;
    }
    if (error.is_error("NOSCRIPT")) {
        if (std::exchange(pending.whole_script, true)) return false;
        if (was_asked) pending.ask = asked;
        return true;
    }
    if (error.is_error("READONLY") || error.is_error("MASTERDOWN")) {
        node(asked)->drop_idle();
        topology_.suspect(asked);
        return !std::exchange(pending.repeated, true);
    }
    if (error.is_error("CLUSTERDOWN") || error.is_error("LOADING")) topology_.suspect(asked);
    return false;
}

std::shared_ptr<Node> Router::node(const Endpoint& endpoint) {
    const std::lock_guard lock(mutex_);
    auto& found = nodes_[endpoint];
    if (found) return found;
    found = std::make_shared<Node>(endpoint, dialer_, settings_);
    const auto out = found;
    for (auto one = nodes_.begin(); nodes_.size() > most_nodes && one != nodes_.end();)
        one = one->first == endpoint || one->second.use_count() > 1 ? std::next(one) : nodes_.erase(one);
    return out;
}

std::map<std::string, NodeState> Router::nodes() const {
    const std::lock_guard lock(mutex_);
    std::map<std::string, NodeState> out;
    for (const auto& [endpoint, node] : nodes_) out[endpoint.text()] = node->state();
    return out;
}

}  // namespace cache_redis
