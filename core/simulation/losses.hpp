/// What storage has lost of what it had acknowledged, and what can be asked of the hosts then.
///
/// A host notices what it was told of: a commit of its own that gets a number which is not above one that storage had
/// acknowledged to it, or a look that misses one of its own (docs/decisions/0017). Of what only others were told it
/// knows nothing until one of them has noticed, and acts as if it had never been.
#pragma once

#include "ports/storage_port.hpp"
#include "simulation/event_loop.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace treasurer::simulation {

/// The newest of its own commits that one life of a host was told of, in each lineage of storage.
using Told = std::map<std::uint64_t, std::uint64_t>;

class Losses {
public:
    /// Storage began this lineage; of what it had, these records are gone or are older now, by id, and these commits
    /// are gone, by key.
    void add(std::uint64_t lineage, const std::set<std::string>& ids, std::set<std::string> commits);
    /// A message that was still under way when its commit was lost has arrived: the very commit is there again.
    void came(const std::string& commit);
    /// This host has commits of its own that are gone: it has to notice.
    void must_notice(Actor who) { who_must_.emplace_back(who, lineage_); }
    /// The store is in quarantine, as storage of this lineage tells.
    void noticed(std::uint64_t lineage) { noticed_in_ = std::max(noticed_in_, lineage); }

    bool any() const { return lineage_ > 0; }
    bool has(const std::string& id) const { return ids_.contains(id); }
    /// Nobody has noticed the last one yet.
    bool is_open() const { return noticed_in_ < lineage_; }
    /// A commit got `seq`, of a host that was told so much when it asked for it: whether the number shows the loss.
    bool shows(std::uint64_t seq, const Told& told) const;
    /// A host commits this while nothing shows it the loss.
    void acted_unknowing(const std::vector<const atr::Batch*>& batches);
    /// Whether a host that could not know better has acted on this payment, or on one of this amount.
    bool is_unknowing(const std::string& what) const { return unknowing_.contains(what); }
    /// Hosts that had to notice a loss, live, and have not. Of a loss whose every commit came again nothing is missing.
    bool is_missed(const EventLoop& loop) const;

private:
    std::uint64_t lineage_ = 0, noticed_in_ = 0;
    std::set<std::string> ids_;
    std::map<std::uint64_t, std::set<std::string>> gone_;  ///< keys of commits, by the lineage that began without them
    std::set<std::string> unknowing_;                      ///< ids of payments, and amounts
    std::vector<std::pair<Actor, std::uint64_t>> who_must_;
};

}  // namespace treasurer::simulation
